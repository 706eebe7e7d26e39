/**
 * What is kept of a request's head: the fields as they would go to the backend, without those that
 * belong to one message or one hop, because the message is framed anew whenever it is delivered.
 */

/** Lower case. The fields about the delivery are ours to write: a client's would pass for them. */
const NEVER_KEPT: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'idempotency-key',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-buffered-at',
  'x-buffered-attempt'
])

/**
 * `forwarded`: the head as `http1/request-writer.ts` writes it, with its empty line. Returns field
 * lines with CR LF, Host first. `dropped`: further names in lower case.
 */
export function storedHead(forwarded: string, dropped: ReadonlySet<string>): string {
  let host = ''
  let rest = ''
  let start = forwarded.indexOf('\r\n') + 2
  for (;;) {
    const end = forwarded.indexOf('\r\n', start)
    if (end <= start) return host + rest
    const name = forwarded.substring(start, forwarded.indexOf(':', start)).toLowerCase()
    const line = forwarded.substring(start, end + 2)
    if (name === 'host') host = line
    else if (!NEVER_KEPT.has(name) && !dropped.has(name)) rest += line
    start = end + 2
  }
}
