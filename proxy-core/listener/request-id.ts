/** Ids that tie the log lines of one request together across hops. */
import { randomUUID } from 'node:crypto'

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,128}$/

/** Keeps a trusted proxy's id if it is harmless in a log line, else makes one. */
export function newRequestId(received: string | undefined): string {
  return received !== undefined && ACCEPTABLE.test(received) ? received : randomUUID()
}
