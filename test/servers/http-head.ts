/**
 * A judge's view of an HTTP/1.1 head: it accepts only what RFC 9112 lets a sender write,
 * without any of the leniencies that the RFC allows a recipient. Written apart from the
 * product's parser on purpose, so that one mistake cannot hide in both.
 */

/** Why a message is not one unambiguous HTTP/1.1 message. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

export type Field = readonly [name: string, value: string]

export interface Head {
  readonly startLine: string
  /** In the order of arrival, names as written, values without surrounding blanks. */
  readonly fields: readonly Field[]
  /** The exact bytes, the empty line included. */
  readonly raw: Buffer
}

export interface RequestLine {
  readonly method: string
  readonly target: string
  readonly version: '1.0' | '1.1'
}

export interface StatusLine {
  readonly status: number
  readonly version: '1.0' | '1.1'
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*)$/s
/** HTAB, SP, VCHAR and obs-text: what may stand in a field value. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const REQUEST_LINE = /^([^ ]+) ([\x21-\x7e]+) HTTP\/(1\.[01])$/
/** RFC 9112 section 4 wants three digits; what they mean over 599 is the reader's affair. */
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9][0-9]{2}) ([\t\x20-\x7e\x80-\xff]*)$/
const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** The head that begins at `offset`, or null while its end has not arrived. */
export function readHead(bytes: Buffer, offset: number): { head: Head; next: number } | null {
  const end = bytes.indexOf(END_OF_HEAD, offset)
  if (end < 0) return null
  const next = end + END_OF_HEAD.length
  const lines = bytes.toString('latin1', offset, end).split('\r\n')
  const startLine = lines[0] ?? ''
  const raw = Buffer.from(bytes.subarray(offset, next))
  return { head: { startLine, fields: lines.slice(1).map(readField), raw }, next }
}

export function readField(line: string): Field {
  if (/^[ \t]/.test(line)) throw new Violation(`folded field line ${quote(line)}`)
  const match = FIELD.exec(line)
  if (!match) throw new Violation(`field line without a valid name ${quote(line)}`)
  const value = match[2]!.replace(/[ \t]+$/, '')
  if (!FIELD_VALUE.test(value)) throw new Violation(`control byte in field ${quote(line)}`)
  return [match[1]!, value]
}

export function readRequestLine(line: string): RequestLine {
  const match = REQUEST_LINE.exec(line)
  if (!match || !TOKEN.test(match[1]!)) throw new Violation(`request line ${quote(line)}`)
  return { method: match[1]!, target: match[2]!, version: match[3] as '1.0' | '1.1' }
}

export function readStatusLine(line: string): StatusLine {
  const match = STATUS_LINE.exec(line)
  if (!match) throw new Violation(`status line ${quote(line)}`)
  return { version: match[1] as '1.0' | '1.1', status: Number(match[2]) }
}

/** All values of a field, in order. */
export function fieldValues(head: Pick<Head, 'fields'>, name: string): string[] {
  const wanted = name.toLowerCase()
  return head.fields.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value)
}

/** The only value of a field, or undefined; a repeated field is a mistake of the test. */
export function fieldValue(head: Pick<Head, 'fields'>, name: string): string | undefined {
  const values = fieldValues(head, name)
  if (values.length > 1) throw new Error(`${name} occurs ${values.length} times`)
  return values[0]
}

/** For messages: shortened, and every byte outside printable ASCII escaped. */
export function quote(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 120)}...` : text
  return JSON.stringify(short).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  )
}
