/** What an attempt that is over says about its backend, for algorithms that learn from it. */
import type { Exchange } from '../exchange/exchange.ts'
import { REFUSALS } from '../listener/refusal.ts'

/** The time says more about the client than about the backend. */
export const UNTIMED = -1

/** Ends of an exchange for which the backend answers, after the head of its response too. */
const FAULTS_OF_BACKEND = new Set(['upstream_closed', 'timeout'])

/** No whole response, or one of status 500 and above, whoever gave it in the backend's stead. */
export function hasAttemptFailed(exchange: Exchange): boolean {
  if (exchange.termination === REFUSALS.internalError.termination) return false
  return exchange.status >= 500 || FAULTS_OF_BACKEND.has(exchange.termination)
}

/**
 * Milliseconds to the head of the response, or until the attempt was given up. `UNTIMED` where
 * the body of the request went piece by piece, at the pace of the client.
 */
export function attemptLatencyMs(exchange: Exchange, nowMs: number): number {
  if (!exchange.isReplayable || !exchange.isRequestComplete || exchange.spool !== null) {
    return UNTIMED
  }
  return exchange.responseHeadMs >= 0 ? exchange.responseHeadMs : nowMs - exchange.sentMs
}
