/** The head of a stored request as it is delivered: what was kept, and what is said of its way. */
import type { Entry } from '../store/request-store.ts'

/** RFC 9110 section 8.6: such a request says that it has no body. */
const ANNOUNCES_NO_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

type Delivered = Pick<
  Entry,
  'method' | 'target' | 'head' | 'idempotencyKey' | 'receivedAtMs' | 'body'
>

/**
 * With its empty line, as latin1; for one request of a connection of its own. `attempt` counts
 * from 1: it goes up with every delivery that the store remembers, so after a crash one number
 * may come twice.
 */
export function deliveredHead(entry: Delivered, attempt: number): string {
  const { method, target, head, idempotencyKey, receivedAtMs, body } = entry
  const hasLength = body.length > 0 || ANNOUNCES_NO_BODY.has(method)
  const length = hasLength ? `Content-Length: ${String(body.length)}\r\n` : ''
  return (
    `${method} ${target} HTTP/1.1\r\n${head}` +
    `Idempotency-Key: ${idempotencyKey}\r\n` +
    `X-Buffered-At: ${new Date(receivedAtMs).toISOString()}\r\n` +
    `X-Buffered-Attempt: ${String(attempt)}\r\n` +
    `${length}Connection: close\r\n\r\n`
  )
}
