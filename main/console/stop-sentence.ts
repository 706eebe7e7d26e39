/** What a stop of the console would end, and what it has ended, in a sentence. */
import { readTrafficRow } from '../../proxy-core/model/traffic-row.ts'
import type { EngineStatus, LiveNumbers } from '../../preload/contract/live-state.ts'
import type { StopOutcome } from '../engine-host/engine-host.ts'
import { counted } from './live/wording.ts'

/** "Quit and stop the proxy (1.24k req/s)", or "Quit" while no engine runs. */
export function stopLabel({ phase }: EngineStatus, numbers: LiveNumbers | null): string {
  if (phase === 'none' || phase === 'stopped') return 'Quit'
  if (numbers === null) return 'Quit and stop the proxy'
  const { rps } = readTrafficRow(numbers.total)
  return `Quit and stop the proxy (${threeDigits(rps)} req/s)`
}

/** `outcome` null: no engine ran. */
export function stoppedSentence(outcome: StopOutcome | null): string {
  if (outcome === null) return 'The console is stopped; no engine ran.'
  if (outcome.lost !== null) {
    return `The console is stopped. ${outcome.lost} What still ran was cut and is not counted.`
  }
  const { finished, cut } = outcome
  const ended = `${counted(finished, 'request')} finished, ${cut} cut`
  return `The console and its engine are stopped: ${ended}.`
}

/** "1.24k", "84", "0.5". */
function threeDigits(value: number): string {
  if (value >= 999.5) return `${Number((value / 1000).toPrecision(3))}k`
  return String(Number(value.toPrecision(value < 1 ? 1 : 3)))
}
