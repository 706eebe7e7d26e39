/** Hue and plain word of every status. The words of a live backend come with it. */
import type { BackendStatus, ServiceStatus } from '../../preload/contract/status.ts'

/** Names of the colour tokens; `idle` has no hue. */
export type StatusTone = 'ok' | 'warn' | 'down' | 'unknown' | 'idle'

const TONES: Readonly<Record<BackendStatus | ServiceStatus, StatusTone>> = {
  healthy: 'ok',
  serving: 'ok',
  changing: 'warn',
  degraded: 'warn',
  down: 'down',
  unknown: 'unknown',
  idle: 'idle'
}

export const STATUS_WORDS: Readonly<Record<BackendStatus | ServiceStatus, string>> = {
  healthy: 'Healthy',
  serving: 'Serving',
  changing: 'Changing',
  degraded: 'Degraded',
  down: 'Down',
  unknown: 'Unknown',
  idle: 'Idle'
}

export function toneOf(status: BackendStatus | ServiceStatus): StatusTone {
  return TONES[status]
}

/** Whether an operator should look at it. */
export function isProblem(status: BackendStatus | ServiceStatus): boolean {
  return TONES[status] === 'warn' || TONES[status] === 'down'
}
