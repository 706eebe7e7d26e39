/** What runs through the engine now, for plans that would end it. */
import { readTrafficRow } from '../../../../proxy-core/model/traffic-row.ts'
import { counted } from '../../live/wording.ts'
import type { PlanServices } from '../plan-services.ts'

/** "The engine stops accepting; 12 running requests (now 340 req/s) may finish." */
export function runningLoad({ live }: PlanServices): string {
  const { numbers } = live
  if (!numbers) return 'The engine stops accepting connections.'
  const { inFlight, rps } = readTrafficRow(numbers.total)
  const running = `${counted(inFlight, 'running request')} (now ${Math.round(rps)} req/s)`
  return `The engine stops accepting connections; ${running} may finish.`
}

/** What is typed to confirm: the name of the file, or "demo". */
export function subjectOf({ workspace }: PlanServices): string {
  return workspace.state.name || 'engine'
}
