/**
 * Complete HTTP/1.1 messages as the strict judge of `http-head.ts` reads them: the head,
 * the one framing that it allows, the decoded body, the trailers and the exact bytes.
 */
import {
  fieldValues,
  quote,
  readField,
  readHead,
  readRequestLine,
  readStatusLine,
  Violation,
  type Field,
  type Head,
  type RequestLine,
  type StatusLine
} from './http-head.ts'

export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

export interface Message extends Head {
  readonly framing: Framing
  /** Decoded: without chunk framing. */
  readonly body: Buffer
  readonly trailers: readonly Field[]
  /** The body as it stood on the wire, chunk framing included. */
  readonly rawBody: Buffer
}

export type RequestMessage = Message & RequestLine
export type ResponseMessage = Message & StatusLine

interface Body {
  readonly body: Buffer
  readonly trailers: readonly Field[]
  readonly next: number
}

const EMPTY = Buffer.alloc(0)
const CHUNK_LINE =
  /^([0-9A-Fa-f]{1,13})((?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"[\t\x20-\x7e\x80-\xff]*"))?)*)$/

/** The request that begins at `offset`, or null while it is incomplete. Throws Violation. */
export function readRequest(
  bytes: Buffer,
  offset: number
): { message: RequestMessage; next: number } | null {
  const found = readHead(bytes, offset)
  if (!found) return null
  const { head, line, framing } = judgeRequestHead(found.head)
  const body = readBody(bytes, found.next, framing, false)
  if (!body) return null
  return {
    message: { ...line, ...complete(head, framing, body, bytes, found.next) },
    next: body.next
  }
}

export function judgeRequestHead(head: Head): { head: Head; line: RequestLine; framing: Framing } {
  const line = readRequestLine(head.startLine)
  const hosts = fieldValues(head, 'host')
  if (hosts.length > 1) throw new Violation(`${hosts.length} Host fields`)
  if (hosts.length === 0 && line.version === '1.1') throw new Violation('no Host field')
  const framing = declaredFraming(head, line.version)
  return { head, line, framing: framing ?? { kind: 'none' } }
}

/**
 * The response to a `method` request that begins at `offset`, or null while it is incomplete.
 * `isEnded`: the sender has closed, which completes an until-close body.
 */
export function readResponse(
  bytes: Buffer,
  offset: number,
  method: string,
  isEnded: boolean
): { message: ResponseMessage; next: number } | null {
  const found = readHead(bytes, offset)
  if (!found) return null
  const line = readStatusLine(found.head.startLine)
  const framing = responseFraming(found.head, line, method)
  const body = readBody(bytes, found.next, framing, isEnded)
  if (!body) return null
  const message = { ...line, ...complete(found.head, framing, body, bytes, found.next) }
  return { message, next: body.next }
}

function responseFraming(head: Head, line: StatusLine, method: string): Framing {
  const declared = declaredFraming(head, line.version)
  const { status } = line
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' }
  if (method === 'CONNECT' && status < 300) return { kind: 'none' }
  return declared ?? { kind: 'until-close' }
}

function declaredFraming(head: Head, version: '1.0' | '1.1'): Framing | null {
  const lengths = fieldValues(head, 'content-length')
  const codings = fieldValues(head, 'transfer-encoding')
  if (lengths.length > 0 && codings.length > 0) throw new Violation('length and transfer coding')
  if (codings.length > 0) {
    if (version === '1.0') throw new Violation('transfer coding in HTTP/1.0')
    if (codings.length > 1 || codings[0]!.toLowerCase() !== 'chunked') {
      throw new Violation(`transfer coding ${quote(codings.join(' | '))}`)
    }
    return { kind: 'chunked' }
  }
  if (lengths.length === 0) return null
  if (lengths.length > 1 || !/^[0-9]{1,15}$/.test(lengths[0]!)) {
    throw new Violation(`content length ${quote(lengths.join(' | '))}`)
  }
  return { kind: 'length', length: Number(lengths[0]) }
}

/** The body in its framing from `offset` on, or null while it is incomplete. Throws Violation. */
export function readBody(
  bytes: Buffer,
  offset: number,
  framing: Framing,
  isEnded: boolean
): Body | null {
  switch (framing.kind) {
    case 'none':
      return { body: EMPTY, trailers: [], next: offset }
    case 'length': {
      const next = offset + framing.length
      return bytes.length < next ? null : { body: copy(bytes, offset, next), trailers: [], next }
    }
    case 'chunked':
      return readChunks(bytes, offset)
    case 'until-close':
      if (!isEnded) return null
      return { body: copy(bytes, offset, bytes.length), trailers: [], next: bytes.length }
  }
}

function readChunks(bytes: Buffer, offset: number): Body | null {
  const parts: Buffer[] = []
  for (let at = offset; ;) {
    const line = readLine(bytes, at)
    if (!line) return null
    const match = CHUNK_LINE.exec(line.text)
    if (!match) throw new Violation(`chunk line ${quote(line.text)}`)
    const size = Number.parseInt(match[1]!, 16)
    if (size === 0) return readTrailers(bytes, line.next, Buffer.concat(parts))
    const end = line.next + size
    if (bytes.length < end + 2) return null
    if (bytes.toString('latin1', end, end + 2) !== '\r\n')
      throw new Violation('no CRLF after a chunk')
    parts.push(bytes.subarray(line.next, end))
    at = end + 2
  }
}

function readTrailers(bytes: Buffer, offset: number, body: Buffer): Body | null {
  const trailers: Field[] = []
  for (let at = offset; ;) {
    const line = readLine(bytes, at)
    if (!line) return null
    if (line.text === '') return { body, trailers, next: line.next }
    trailers.push(readField(line.text))
    at = line.next
  }
}

function readLine(bytes: Buffer, offset: number): { text: string; next: number } | null {
  const end = bytes.indexOf('\r\n', offset)
  if (end < 0) return null
  return { text: bytes.toString('latin1', offset, end), next: end + 2 }
}

function complete(head: Head, framing: Framing, body: Body, bytes: Buffer, from: number): Message {
  const rawBody = copy(bytes, from, body.next)
  return { ...head, framing, body: body.body, trailers: body.trailers, rawBody }
}

function copy(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.from(bytes.subarray(from, to))
}
