/** The way of a request over its backends, as one line: `10.0.0.2:80 ✕ → 10.0.0.1:80 200`. */
import type { Attempt, TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'

export interface AttemptStep {
  readonly backend: string
  /** "200", "✕" where no answer came. */
  readonly mark: string
  readonly hasFailed: boolean
  /** For the tooltip: "10.0.0.2:80: refused". */
  readonly sentence: string
}

export function attemptSteps(sample: TrafficSample): readonly AttemptStep[] {
  return sample.attempts.map((attempt) => ({
    backend: attempt.backend,
    mark: attempt.status === null ? '✕' : String(attempt.status),
    hasFailed: attempt.failure !== null,
    sentence: attemptSentence(attempt)
  }))
}

/** The same read aloud: "10.0.0.2:80 failed, then 10.0.0.1:80 answered 200". */
export function attemptSentences(sample: TrafficSample): string {
  if (sample.attempts.length === 0) return 'No backend was asked.'
  return `${sample.attempts.map(attemptSentence).join(', then ')}.`
}

function attemptSentence({ backend, status, failure }: Attempt): string {
  if (failure === null) return `${backend} answered ${status ?? 'without a status'}`
  return status === null
    ? `${backend} failed: ${failure}`
    : `${backend} answered ${status}, then failed: ${failure}`
}

export type OutcomeTone = 'ok' | 'plain' | 'warn' | 'down'

/** Colour of a status; the number itself is always beside it. */
export function outcomeTone({ status, termination }: TrafficSample): OutcomeTone {
  if (status >= 500 || (status === 0 && termination !== '')) return 'down'
  if (status >= 400 || status === 0 || termination !== '') return 'warn'
  return status >= 300 ? 'plain' : 'ok'
}

/** "503", or "–" where the client left before any answer. */
export function statusText({ status }: TrafficSample): string {
  return status === 0 ? '–' : String(status)
}
