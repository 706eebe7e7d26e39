/** A malformed or ambiguous request, and what Switchyard must make of it. */
import type { RequestMessage } from '../servers/http-message.ts'

/**
 * `rejected`: this status, a closed connection, and no byte at the backend.
 * `aborted`: the head was already on its way when the body turned out bad; the client gets this
 * status, or 0 for a bare close, and the backend's connection is cut in the middle of the message.
 * `unrouted`: a whole request that no route takes; 404, and the connection goes on.
 * `forwarded`: exactly one message at the backend that the strict judge accepts.
 */
export type Expectation =
  | { readonly outcome: 'rejected'; readonly status: number }
  | { readonly outcome: 'aborted'; readonly status: number }
  | { readonly outcome: 'unrouted' }
  | { readonly outcome: 'forwarded'; readonly check?: (message: RequestMessage) => void }

export interface AttackCase {
  /** What is wrong with it; a row of the documentation. */
  readonly name: string
  readonly bytes: string | Buffer
  readonly expect: Expectation
}

export interface AttackFamily {
  readonly title: string
  readonly cases: readonly AttackCase[]
}

export const rejected = (status = 400): Expectation => ({ outcome: 'rejected', status })
export const aborted = (status = 400): Expectation => ({ outcome: 'aborted', status })
export const unrouted: Expectation = { outcome: 'unrouted' }
export const forwarded = (check?: (message: RequestMessage) => void): Expectation =>
  check ? { outcome: 'forwarded', check } : { outcome: 'forwarded' }

/** A GET for /attack with these further lines; each line gets its CR LF. */
export function get(...lines: readonly string[]): string {
  return request('GET /attack HTTP/1.1', ['Host: a.test', ...lines])
}

/** A POST to /attack with these further lines, then the bytes of its body as they are. */
export function post(lines: readonly string[], body: string): string {
  return request('POST /attack HTTP/1.1', ['Host: a.test', ...lines], body)
}

export function request(startLine: string, lines: readonly string[], body = ''): string {
  return [startLine, ...lines, '', body].join('\r\n')
}

/** What an attacker hopes to see treated as a request of its own. */
export const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: evil.test\r\n\r\n'
