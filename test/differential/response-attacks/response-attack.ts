/** A malformed or ambiguous response, and what Switchyard must make of it. */
import type { ResponseMessage } from '../../servers/http-message.ts'

/**
 * `refused`: the client gets a 502 instead.
 * `cut`: the head was on its way when the body turned out bad; the client's connection is closed
 * so that the body cannot be taken for complete.
 * `forwarded`: one message that the strict judge accepts; what follows it reaches nobody.
 */
export type ResponseExpectation =
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'cut' }
  | { readonly outcome: 'forwarded'; readonly check?: (message: ResponseMessage) => void }

export interface ResponseAttack {
  readonly name: string
  /** The raw answer to GET /attack. */
  readonly bytes: string
  /** What the backend does behind it; default: keeps the connection. */
  readonly ending?: 'keeps' | 'closes' | 'resets'
  /** Default GET. */
  readonly method?: string
  readonly expect: ResponseExpectation
}

/** A second response behind the first, for whoever uses the connection next. */
export const PLANTED = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted'

/** A 200 with these lines, then the bytes of its body as they are. */
export function ok(lines: readonly string[], body = ''): string {
  return ['HTTP/1.1 200 OK', ...lines, '', body].join('\r\n')
}
