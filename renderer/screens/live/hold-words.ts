/** Requests that wait for a backend, in a few words. */
import type { HoldOutlook, LiveHold, LivePool } from '../../../preload/contract/live-state.ts'
import type { FleetHold } from '../../../proxy-core/model/engine-telemetry.ts'
import { formatDuration as writtenDuration } from '../../../proxy-core/model/units.ts'
import { formatAge, formatCountdown, formatDuration } from '../../ui/duration.ts'
import { formatBytes, formatCount, quantityText } from '../../ui/format.ts'

/** So long a gauge stays after the last one has gone on. */
export const SHOWN_AFTER_MS = 60_000

/** From this share of the places on they may soon be taken. */
const NEARLY_FULL = 0.8

export type HoldTone = 'plain' | 'admin' | 'warn' | 'down'

/** A pool whose requests may wait. */
export interface HoldingPool extends LivePool {
  readonly hold: FleetHold
}

export function isHolding(pool: LivePool): pool is HoldingPool {
  return pool.hold !== null
}

/** Somebody waits, has waited a moment ago, or is made to wait. */
export function isOccupied({ operator }: FleetHold, now: LiveHold | null, nowMs: number): boolean {
  if (operator !== null) return true
  if (now === null || now.waitedAtMs === null) return false
  return now.held > 0 || nowMs - now.waitedAtMs < SHOWN_AFTER_MS
}

/** The world's tones come before the person's: a full line turns users away. */
export function holdTone({ maxRequests, operator }: FleetHold, held: number): HoldTone {
  if (held >= maxRequests) return 'down'
  if (held >= NEARLY_FULL * maxRequests) return 'warn'
  return operator === null ? 'plain' : 'admin'
}

/** "214 of 1000". */
export function depthWords({ maxRequests }: FleetHold, held: number): string {
  return `${held} of ${maxRequests}`
}

/** "4.2 s"; null = nobody waits. */
export function oldestWords({ oldestMs }: LiveHold): string | null {
  return oldestMs === null ? null : formatAge(oldestMs)
}

/** "waits for a backend", "empty in about 12s". */
export function outlookWords(
  outlook: HoldOutlook,
  operator: FleetHold['operator'],
  nowMs: number
): string {
  switch (outlook.kind) {
    case 'empty':
      return operator === null ? 'nobody waits' : heldWords(operator, nowMs)
    case 'operator':
      return operator === null ? 'held by an operator' : heldWords(operator, nowMs)
    case 'backend':
      return 'waits for a backend'
    case 'growing':
      return `growing by ${formatCount(outlook.perSecond)}/s`
    case 'steady':
      return 'as many come as go'
    case 'draining':
      return outlook.leftMs < 1000
        ? 'empty in a moment'
        : `empty in about ${formatDuration(outlook.leftMs)}`
  }
}

/** "held for another 0:24". */
function heldWords({ untilMs }: NonNullable<FleetHold['operator']>, nowMs: number): string {
  return `held for another ${formatCountdown(untilMs - nowMs)}`
}

/** "4.2 MB of 100 MB". */
export function bytesWords({ maxBytes }: FleetHold, bytes: number): string {
  return `${quantityText(formatBytes(bytes))} of ${quantityText(formatBytes(maxBytes))}`
}

/** What becomes of the next one when no place is left. */
export function overflowWords({ fallback }: FleetHold): string {
  if (fallback === null) return '503 with Retry-After'
  return fallback.kind === 'pool'
    ? `the fallback, pool ${fallback.pool}`
    : `the fallback, status ${fallback.status}`
}

/** "30s, then 503 with Retry-After". */
export function limitWords(hold: FleetHold): string {
  return `${writtenDuration(hold.timeoutMs)}, then ${overflowWords(hold)}`
}

/** Routes with another limit than their pool: "old: not at all"; empty where there are none. */
export function exceptionWords({ routes, timeoutMs }: FleetHold): string {
  return routes
    .filter((route) => route.timeoutMs !== timeoutMs)
    .map(
      ({ name, timeoutMs: its }) => `${name}: ${its === null ? 'not at all' : writtenDuration(its)}`
    )
    .join(', ')
}

/** The gauge for who cannot see it: "214 of 1000 places, the first for 4.2 s, waits for a backend". */
export function gaugeText(pool: HoldingPool, now: LiveHold, nowMs: number): string {
  const { hold } = pool
  const oldest = oldestWords(now)
  const first = oldest === null ? '' : `, the first for ${oldest}`
  return `${depthWords(hold, now.held)} places${first}, ${outlookWords(now.outlook, hold.operator, nowMs)}`
}

/** One line for pools where nobody waits: "Nobody waits. api holds up to 1000 requests for 30s.". */
export function quietWords(pools: readonly HoldingPool[]): string {
  const [only] = pools
  if (only === undefined) return ''
  if (pools.length > 1) return `Nobody waits in the ${pools.length} pools that let requests wait.`
  const { maxRequests, timeoutMs } = only.hold
  return `Nobody waits. ${only.name} can hold ${maxRequests} requests for ${writtenDuration(timeoutMs)}.`
}
