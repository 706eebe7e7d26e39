/**
 * Why one attempt of a request came to nothing, and what its client is told when there is no
 * other attempt. The words for the client name nothing of the inside: the system's own can hold
 * the backend's name and address.
 */
import type { Refusal } from '../listener/refusal.ts'
import type { RetryCondition } from '../model/settings.ts'

export interface AttemptFailure {
  /** What the operator's `retry.on` calls it. */
  readonly kind: RetryCondition
  /** The backend has not seen anything of the request. */
  readonly isUnsent: boolean
  /** This process ran short of something: it says nothing about the backend. */
  readonly isOurs: boolean
  /** What the backend asks to wait, in milliseconds; 0 = nothing. */
  readonly retryAfterMs: number
}

/** There is no response that could be passed on instead. */
export interface LostAttempt extends AttemptFailure, Refusal {}

const UNREACHABLE = 'No backend could be reached.'

export const ATTEMPT_FAILURES = {
  connect: {
    kind: 'connect_failure',
    isUnsent: true,
    isOurs: false,
    retryAfterMs: 0,
    status: 502,
    reason: UNREACHABLE,
    termination: 'connect_failed'
  },
  connectTimeout: {
    kind: 'connect_failure',
    isUnsent: true,
    isOurs: false,
    retryAfterMs: 0,
    status: 504,
    reason: UNREACHABLE,
    termination: 'connect_failed'
  },
  shortage: {
    kind: 'connect_failure',
    isUnsent: true,
    isOurs: true,
    retryAfterMs: 0,
    status: 502,
    reason: UNREACHABLE,
    termination: 'connect_failed'
  },
  broken: {
    kind: 'reset',
    isUnsent: false,
    isOurs: false,
    retryAfterMs: 0,
    status: 502,
    reason: 'The backend broke off or sent a malformed response.',
    termination: 'upstream_closed'
  },
  bodyLost: {
    kind: 'reset',
    isUnsent: false,
    isOurs: true,
    retryAfterMs: 0,
    status: 500,
    reason: 'The balancer could not keep the request body for another try.',
    termination: 'internal_error'
  },
  timeout: {
    kind: 'timeout',
    isUnsent: false,
    isOurs: false,
    retryAfterMs: 0,
    status: 504,
    reason: 'The backend did not answer in time.',
    termination: 'timeout'
  }
} as const satisfies Readonly<Record<string, LostAttempt>>

/** A response that is not worth passing on as long as another attempt may be better. */
export function statusFailure(status: number, retryAfterMs: number): AttemptFailure {
  return { kind: status, isUnsent: false, isOurs: false, retryAfterMs }
}
