/**
 * The trailer section of a chunked message, collected whole (it is rare and bounded), checked
 * like a head and re-emitted without the fields that RFC 9110 section 6.5.1 forbids there.
 */
import { fieldKindOf, FieldKind } from './field-kind.ts'
import { COLON, CR, HTAB, IS_FIELD_VALUE, IS_TOKEN, LF, SP } from './octets.ts'

const MAX_LENGTH = 8192
const FORBIDDEN = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'content-type',
  'content-encoding',
  'content-range',
  'trailer'
])

export class TrailerSection {
  isComplete = false
  /** Fields to pass on, each with CR LF, and the final CR LF. */
  text = ''
  #line = ''
  #length = 0

  /** Returns where to go on, or -1 when the section is malformed or too large. */
  feed(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && !this.isComplete) {
      const lineFeed = bytes.indexOf(LF, at)
      const stop = lineFeed < 0 || lineFeed >= end ? end : lineFeed + 1
      this.#length += stop - at
      if (this.#length > MAX_LENGTH) return -1
      this.#line += bytes.toString('latin1', at, stop)
      at = stop
      if (this.#line.endsWith('\n') && !this.#acceptLine()) return -1
    }
    return at
  }

  #acceptLine(): boolean {
    const line = Buffer.from(this.#line, 'latin1')
    this.#line = ''
    if (line.length < 2 || line[line.length - 2] !== CR) return false
    if (line.length === 2) {
      this.text += '\r\n'
      this.isComplete = true
      return true
    }
    return this.#acceptField(line, line.length - 2)
  }

  #acceptField(line: Buffer, end: number): boolean {
    let at = 0
    while (at < end && IS_TOKEN[line[at]!] === 1) at++
    if (at === 0 || line[at] !== COLON) return false
    const nameEnd = at++
    while (at < end && (line[at] === SP || line[at] === HTAB)) at++
    const valueStart = at
    while (at < end && IS_FIELD_VALUE[line[at]!] === 1) at++
    if (at !== end) return false
    const name = line.toString('latin1', 0, nameEnd)
    const isAllowed =
      fieldKindOf(line, 0, nameEnd) === FieldKind.OTHER && !FORBIDDEN.has(name.toLowerCase())
    if (isAllowed) this.text += `${name}: ${line.toString('latin1', valueStart, end).trimEnd()}\r\n`
    return true
  }
}
