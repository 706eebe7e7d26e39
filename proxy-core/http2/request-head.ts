/**
 * The head of an HTTP/2 request as the HTTP/1.1 text of the same meaning (RFC 9113 section 8.3),
 * for the reader of requests that every connection has: so both versions are checked, routed and
 * limited by the same code, and what HTTP/2 alone could smuggle (h2.CL, h2.TE, line breaks in
 * values) meets the strict parser like anything else.
 */

export interface Http2RequestHead {
  /** With the empty line, as latin1. */
  readonly text: string
  readonly isHead: boolean
  /** The body travels in chunks: its length was not announced. */
  readonly isChunked: boolean
}

const LINE_BREAK = /[\r\n\0]/
/** The connection carries one request; the others of the client have streams of their own. */
const LAST = 'Connection: close\r\n'

/**
 * `fields`: names and values in turn, as they came. Returns null when a line break or a NUL in them
 * could end a field early; everything else is the parser's to judge.
 */
export function requestHeadOf(
  fields: readonly string[],
  hasBody: boolean
): Http2RequestHead | null {
  const pseudo = new Map<string, string>()
  const cookies: string[] = []
  let lines = ''
  let hasLength = false
  let host: string | null = null
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at]!
    const value = fields[at + 1]!
    if (LINE_BREAK.test(name) || LINE_BREAK.test(value)) return null
    if (name.startsWith(':')) pseudo.set(name, value)
    // RFC 9113 section 8.2.3: crumbs of one cookie field.
    else if (name === 'cookie') cookies.push(value)
    else if (name === 'host') host ??= value
    else {
      if (name === 'content-length') hasLength = true
      lines += `${name}: ${value}\r\n`
    }
  }
  const authority = pseudo.get(':authority')
  // Two hosts that differ could be routed by one and served by the other.
  if (authority !== undefined && host !== null && authority !== host) lines += `Host: ${host}\r\n`
  const named = authority ?? host
  const isChunked = hasBody && !hasLength
  if (cookies.length > 0) lines += `cookie: ${cookies.join('; ')}\r\n`
  if (isChunked) lines += 'Transfer-Encoding: chunked\r\n'
  const method = pseudo.get(':method') ?? ''
  const target = pseudo.get(':path') ?? named ?? ''
  const hostLine = named === null ? '' : `Host: ${named}\r\n`
  return {
    text: `${method} ${target} HTTP/1.1\r\n${hostLine}${lines}${LAST}\r\n`,
    isHead: method === 'HEAD',
    isChunked
  }
}
