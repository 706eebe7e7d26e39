/** The answers that the balancer gives in its own name, in place of a backend. */

import type { AnswerContent } from '../exchange/local-answer.ts'

export interface Refusal {
  readonly status: number
  /** A sentence for the client: it names nothing of the inside. */
  readonly reason: string
  /** The word for it in the access log. */
  readonly termination: string
  /** Seconds for Retry-After; absent: what every answer of this status has. */
  readonly retryAfterS?: number
  /** In place of the sentence. */
  readonly content?: AnswerContent
}

export const REFUSALS = {
  noRoute: { status: 404, reason: 'No route leads there.', termination: 'no_route' },
  bodyTooLarge: {
    status: 413,
    reason: 'The request body is larger than this route allows.',
    termination: 'body_limit'
  },
  rateLimited: {
    status: 429,
    reason: 'Too many requests came in too short a time. Retry-After says when to come back.',
    termination: 'rate_limited'
  },
  headTimeout: {
    status: 408,
    reason: 'The request head did not arrive in time.',
    termination: 'head_timeout'
  },
  bodyTimeout: {
    status: 408,
    reason: 'The request body did not arrive in time.',
    termination: 'body_timeout'
  },
  uploadTimeout: {
    status: 504,
    reason: 'The backend did not take the request body in time.',
    termination: 'timeout'
  },
  noBackend: {
    status: 503,
    reason: 'No backend is available for this request.',
    termination: 'no_backend'
  },
  queueFull: {
    status: 503,
    reason: 'Every backend is busy and the queue is full.',
    termination: 'queue_full'
  },
  queueTimeout: {
    status: 503,
    reason: 'No backend became free in time.',
    termination: 'queue_timeout'
  },
  holdFull: {
    status: 503,
    reason: 'No backend is available, and too many requests wait for one already.',
    termination: 'hold_full'
  },
  holdBody: {
    status: 503,
    reason: 'No backend is available, and the request body is too long to wait for one.',
    termination: 'hold_body'
  },
  holdTimeout: {
    status: 503,
    reason: 'No backend became available in time.',
    termination: 'hold_timeout'
  },
  shutdown: {
    status: 503,
    reason: 'The balancer stops, and no backend has become available for this request.',
    termination: 'shutdown'
  },
  totalTimeout: {
    status: 504,
    reason: 'The request took longer than its route allows.',
    termination: 'total_timeout'
  },
  internalError: {
    status: 500,
    reason: 'The balancer failed on this request. Other requests are not affected.',
    termination: 'internal_error'
  }
} as const satisfies Readonly<Record<string, Refusal>>
