/** Requests that wait, in the words of pool states and verdict. */
import type { FleetHold, FleetPool } from '../../../proxy-core/model/engine-telemetry.ts'
import { formatDuration } from '../../../proxy-core/model/units.ts'
import { canServe } from './backend-status.ts'
import type { Waiting } from './hold-watch.ts'
import { counted, listed, spellWait, type LocalTime } from './wording.ts'

type Operator = NonNullable<FleetHold['operator']>

/** Nobody is served now: who comes waits, where its route lets it. */
export function doAllWait({ hold, failover, backends }: FleetPool): boolean {
  if (hold?.operator != null || failover?.isWaiting === true) return true
  return hold !== null && !backends.some(canServe)
}

/** "214 of 1000 places in api are taken, the first has waited 4 s"; empty where nobody waits. */
export function placesWords(
  { maxRequests }: FleetHold,
  waiting: Waiting | null,
  where = ''
): string {
  if (waiting === null || waiting.held === 0) return ''
  const { held, oldestMs } = waiting
  const verb = held === 1 ? 'is' : 'are'
  const taken =
    held < maxRequests
      ? `${held} of ${counted(maxRequests, 'place')}${where} ${verb} taken`
      : `all ${counted(maxRequests, 'place')}${where} are taken`
  return `${taken}, the first has waited ${spellWait(oldestMs)}`
}

/** Whoever finds no place, or waits too long, is answered all the same, and not with an error. */
export function isStoodIn(hold: FleetHold | null): boolean {
  const fallback = hold?.fallback ?? null
  return fallback !== null && (fallback.kind === 'pool' || fallback.status < 500)
}

/** "3 requests to api had no place or waited too long in the last 10 s"; empty where none did. */
export function lostWords(hold: FleetHold, waiting: Waiting | null, where = ''): string {
  if (waiting === null || waiting.lost === 0) return ''
  const who = counted(waiting.lost, 'request')
  const then = isStoodIn(hold) ? ' and went to the fallback' : ''
  return `${who}${where} had no place or waited too long in the last 10 s${then}`
}

/** As the console names whoever sits before it; they are told of an operator already. */
const ACTOR = /^operator \([^)]*\)(: )?/

/** "until 02:14: new kernel", "until 02:14" without a reason. */
export function operatorWords({ untilMs, reason }: Operator, time: LocalTime): string {
  const why = reason.replace(ACTOR, '')
  return `until ${time(untilMs)}${why === '' ? '' : `: ${why}`}`
}

/** "requests that come wait up to 30s". */
export function limitWords({ timeoutMs }: FleetHold): string {
  return `requests that come wait up to ${formatDuration(timeoutMs)}`
}

/** "requests of old do not wait: no buffer holds them"; empty where all of them wait. */
export function goingWords({ routes }: FleetHold): string {
  const going = routes.filter(({ timeoutMs }) => timeoutMs === null).map(({ name }) => name)
  return going.length === 0 ? '' : `requests of ${listed(going)} do not wait: no buffer holds them`
}
