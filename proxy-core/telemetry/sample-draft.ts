/**
 * What is copied of an exchange that may become a sample, and the sample that is made of it
 * later. Copying must be cheap: of the drafts of a busy tick most are thrown away again.
 */
import type { AttemptTrail } from '../exchange/attempt-trail.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { SLOW_REQUEST_MS, type Attempt, type TrafficSample } from '../model/traffic-sample.ts'
import { forwardedFields } from './forwarded-fields.ts'
import type { RoutingBook } from './routing-book.ts'

const MAX_TARGET_LENGTH = 512
const SWITCHED_PROTOCOLS = 101

export type KeptBecause = TrafficSample['keptBecause']

export interface SampleDraft {
  /** Rises in the order in which the exchanges ended. */
  readonly order: number
  readonly keptBecause: KeptBecause
  /** Wall clock. */
  readonly endedAtMs: number
  /** Monotonic, as `sentMs`. */
  readonly startedMs: number
  readonly sentMs: number
  readonly listener: string
  readonly route: string
  /** Empty when no pool was reached. */
  readonly pool: string
  readonly backend: string
  readonly method: string
  readonly target: string
  readonly host: string
  readonly clientAddress: string
  readonly requestId: string
  readonly status: number
  readonly durationMs: number
  readonly responseHeadMs: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly termination: string
  readonly requestText: string
  readonly trail: AttemptTrail | null
  /** An attempt ran when the exchange ended: the good one, or one that was cut short. */
  readonly hasLastAttempt: boolean
}

/** Why an exchange must be shown; null for an ordinary one. */
export function notability(exchange: Exchange): Exclude<KeptBecause, 'sample'> | null {
  const { status, termination } = exchange
  // What we refuse with 4xx is the client's affair, and a scan makes thousands of it.
  const isBroken = termination !== '' && (status < 400 || status >= 500)
  if (status >= 500 || status === 0 || isBroken) return 'error'
  if (exchange.attempts > 1 || (exchange.trail !== null && exchange.trail.failed.length > 0)) {
    return 'retry'
  }
  if (exchange.durationMs >= SLOW_REQUEST_MS && status !== SWITCHED_PROTOCOLS) return 'slow'
  return null
}

export function draftOf(
  exchange: Exchange,
  order: number,
  keptBecause: KeptBecause,
  endedAtMs: number
): SampleDraft {
  const { trail } = exchange
  return {
    order,
    keptBecause,
    endedAtMs,
    startedMs: exchange.startedMs,
    sentMs: exchange.sentMs,
    listener: exchange.listener,
    route: exchange.route,
    pool: exchange.assignedPool?.name ?? '',
    backend: exchange.backend,
    method: exchange.method,
    target: exchange.target,
    host: exchange.host,
    clientAddress: exchange.clientAddress,
    requestId: exchange.requestId,
    status: exchange.status,
    durationMs: exchange.durationMs,
    responseHeadMs: exchange.responseHeadMs,
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    termination: exchange.termination,
    requestText: exchange.requestText,
    trail,
    hasLastAttempt: exchange.assignedBackend !== null && trail?.failedAttempt !== exchange.attempts
  }
}

export function sampleOf(draft: SampleDraft, seq: number, book: RoutingBook): TrafficSample {
  return {
    seq,
    atMs: Math.round(draft.endedAtMs - draft.durationMs),
    listener: draft.listener,
    pool: draft.pool,
    backend: draft.backend,
    method: draft.method,
    target: draft.target.slice(0, MAX_TARGET_LENGTH),
    host: draft.host,
    clientAddress: draft.clientAddress,
    requestId: draft.requestId,
    status: draft.status,
    durationMs: rounded(draft.durationMs),
    requestBytes: draft.requestBytes,
    responseBytes: draft.responseBytes,
    termination: draft.termination,
    keptBecause: draft.keptBecause,
    attempts: attemptsOf(draft),
    requestFields: forwardedFields(draft.requestText),
    why: draft.pool === '' ? null : book.reason(draft.pool, draft.route, draft.startedMs)
  }
}

function attemptsOf(draft: SampleDraft): Attempt[] {
  const failed = (draft.trail?.failed ?? []).map(roundedAttempt)
  return draft.hasLastAttempt ? [...failed, roundedAttempt(lastAttemptOf(draft))] : failed
}

function lastAttemptOf(draft: SampleDraft): Attempt {
  const { trail, startedMs, sentMs, durationMs, responseHeadMs, termination } = draft
  const hasHead = responseHeadMs >= 0
  const isComplete = hasHead && termination === ''
  return {
    backend: draft.backend,
    startedMs: trail === null ? 0 : trail.beganMs - startedMs,
    queueMs: trail?.queueMs ?? 0,
    connectMs: trail?.connectMs ?? 0,
    firstByteMs: responseHeadMs,
    transferMs: isComplete ? Math.max(0, durationMs - (sentMs - startedMs) - responseHeadMs) : -1,
    status: hasHead ? draft.status : null,
    failure: isComplete ? null : termination.replaceAll('_', ' ') || 'it got no response'
  }
}

function roundedAttempt(attempt: Attempt): Attempt {
  return {
    ...attempt,
    startedMs: rounded(attempt.startedMs),
    queueMs: rounded(attempt.queueMs),
    connectMs: rounded(attempt.connectMs),
    firstByteMs: rounded(attempt.firstByteMs),
    transferMs: rounded(attempt.transferMs)
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
