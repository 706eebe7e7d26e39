/**
 * What the outcome of one attempt says about its backend.
 *
 * `gateway_failure`: the way to the application or the application's own front failed: no answer,
 * 502, 503, 504. `application_failure`: the application answered that it failed. `throttled`:
 * it answered that there is too much, which is about the rate of requests, not about its health.
 */
export type AnswerKind = 'success' | 'gateway_failure' | 'application_failure' | 'throttled'

/**
 * 501 and 505 say what was asked, not how the backend is: HAProxy's `observe layer7` takes them
 * for valid too (configuration.txt, "observe").
 */
export function answerKind(status: number): AnswerKind {
  if (status === 429) return 'throttled'
  if (status < 500 || status === 501 || status === 505) return 'success'
  return status >= 502 && status <= 504 ? 'gateway_failure' : 'application_failure'
}

export function isFailure(kind: AnswerKind): boolean {
  return kind === 'gateway_failure' || kind === 'application_failure'
}
