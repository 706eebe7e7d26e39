/**
 * Incremental parser of one HTTP/1 head (RFC 9112), for requests and responses alike: the
 * start line is the subclass's, the field section is here.
 *
 * A parser keeps offsets, not strings, relative to the first octet of the head. It may be
 * called again with the same octets plus more and goes on at the line where it stopped, so
 * one octet at a time gives the same result as one chunk. Strict by construction: bare CR
 * or LF, folded lines, a space before the colon, control characters and NUL are faults.
 */
import { fieldKindOf, FieldKind, isName } from './field-kind.ts'
import { HEAD_FAULTS, type HeadFault } from './head-fault.ts'
import { COLON, COMMA, CR, HTAB, IS_FIELD_VALUE, IS_TOKEN, LF, SP } from './octets.ts'
import type { HeadLimits } from '../model/settings.ts'

/** More octets are needed. */
export const INCOMPLETE = 0
/** `parser.fault` says why. */
export const FAULTY = -1

const MAX_FIELDS = 1024
const MAX_LENGTH_DIGITS = 15
const CHUNKED = 'chunked'
/** The usual value, recognised without making a string of it. */
const KEEP_ALIVE = Buffer.from('keep-alive')

/** Options of the Connection field that matter beyond naming fields to be dropped. */
export const ConnectionOption = { CLOSE: 1, KEEP_ALIVE: 2, UPGRADE: 4 } as const

export abstract class HeadParser {
  fault: HeadFault | null = null
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  minorVersion = 1
  /** Octets of the start line with its CR LF. */
  startLineLength = 0
  fieldCount = 0
  /** Four offsets a field: name start, name end, value start, value end. */
  readonly offsets: Int32Array
  readonly kinds: Uint8Array
  /** 1 where the line is exactly `name: value CR LF`, so that it can be re-emitted as it is. */
  readonly isCanonical: Uint8Array
  /** -1 when absent. */
  contentLength = -1
  isChunked = false
  connectionOptions = 0
  /** Lower-case names that the Connection field nominated, or null. */
  nominated: string[] | null = null

  /** Offset of the first octet not yet understood: a line start. */
  #cursor = 0
  #hasStartLine = false

  constructor(fieldCapacity = MAX_FIELDS) {
    this.offsets = new Int32Array(fieldCapacity * 4)
    this.kinds = new Uint8Array(fieldCapacity)
    this.isCanonical = new Uint8Array(fieldCapacity)
  }

  reset(): void {
    this.fault = null
    this.minorVersion = 1
    this.startLineLength = 0
    this.fieldCount = 0
    this.contentLength = -1
    this.isChunked = false
    this.connectionOptions = 0
    this.nominated = null
    this.#cursor = 0
    this.#hasStartLine = false
  }

  /**
   * Parses the head that begins at `bytes[base]`; octets up to `end` are there.
   * Returns the offset behind the head, INCOMPLETE or FAULTY. After INCOMPLETE call again
   * with the same octets (they may have moved: another `bytes` or `base`) and more behind them.
   */
  parse(bytes: Buffer, base: number, end: number, limits: HeadLimits): number {
    if (!this.#hasStartLine) {
      const lineEnd = Math.min(end, base + limits.lineBytes)
      const next = this.parseStartLine(bytes, base, lineEnd)
      if (next === FAULTY) return FAULTY
      if (next === INCOMPLETE) {
        return end - base >= limits.lineBytes ? this.fail(HEAD_FAULTS.lineTooLong) : INCOMPLETE
      }
      this.#hasStartLine = true
      this.startLineLength = this.#cursor = next - base
    }
    const next = this.#parseFields(bytes, base, Math.min(end, base + limits.headBytes), limits)
    if (next === INCOMPLETE && end - base >= limits.headBytes) {
      return this.fail(HEAD_FAULTS.headTooLarge)
    }
    return next
  }

  /** First value of a field by lower-case name, as latin1 text, or undefined. */
  field(text: string, lowerCaseName: string): string | undefined {
    for (let index = 0; index < this.fieldCount; index++) {
      const at = index * 4
      if (this.offsets[at + 1]! - this.offsets[at]! !== lowerCaseName.length) continue
      if (this.nameAt(text, index).toLowerCase() === lowerCaseName) return this.valueAt(text, index)
    }
    return undefined
  }

  /** `text`: the head as latin1, from its first octet. */
  nameAt(text: string, index: number): string {
    return text.substring(this.offsets[index * 4]!, this.offsets[index * 4 + 1]!)
  }

  valueAt(text: string, index: number): string {
    return text.substring(this.offsets[index * 4 + 2]!, this.offsets[index * 4 + 3]!)
  }

  /** Returns the offset behind the start line's CR LF, INCOMPLETE or FAULTY. */
  protected abstract parseStartLine(bytes: Buffer, base: number, end: number): number

  /** Called for each field of a kind other than OTHER. Returns false after setting the fault. */
  protected abstract acceptField(bytes: Buffer, base: number, index: number): boolean

  /** Called once the head is complete. Returns false after setting the fault. */
  protected abstract acceptHead(): boolean

  protected fail(fault: HeadFault): typeof FAULTY {
    this.fault = fault
    return FAULTY
  }

  #parseFields(bytes: Buffer, base: number, end: number, limits: HeadLimits): number {
    let at = base + this.#cursor
    for (;;) {
      if (at >= end) return INCOMPLETE
      if (bytes[at] === CR) {
        if (at + 1 >= end) return INCOMPLETE
        if (bytes[at + 1] !== LF) return this.fail(HEAD_FAULTS.lineEnd)
        return this.#complete() ? at + 2 : FAULTY
      }
      const next = this.#parseField(bytes, base, at, end)
      if (next <= INCOMPLETE) return next
      if (this.fieldCount > limits.fieldCount) return this.fail(HEAD_FAULTS.tooManyFields)
      at = next
      this.#cursor = at - base
    }
  }

  /** One line from `start`; the offset behind its CR LF. */
  #parseField(bytes: Buffer, base: number, start: number, end: number): number {
    let at = start
    while (at < end && IS_TOKEN[bytes[at]!] === 1) at++
    if (at >= end) return INCOMPLETE
    if (bytes[at] !== COLON || at === start) return this.fail(HEAD_FAULTS.fieldName)
    const nameEnd = at++
    while (at < end && (bytes[at] === SP || bytes[at] === HTAB)) at++
    const valueStart = at
    while (at < end && IS_FIELD_VALUE[bytes[at]!] === 1) at++
    if (at >= end) return INCOMPLETE
    if (bytes[at] !== CR) return this.fail(HEAD_FAULTS.fieldValue)
    if (at + 1 >= end) return INCOMPLETE
    if (bytes[at + 1] !== LF) return this.fail(HEAD_FAULTS.lineEnd)
    let valueEnd = at
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) {
      valueEnd--
    }
    const isCanonical =
      valueEnd === at && valueStart === nameEnd + 2 && bytes[nameEnd + 1] === SP ? 1 : 0
    const isAccepted = this.#record(bytes, base, start, nameEnd, valueStart, valueEnd, isCanonical)
    return isAccepted ? at + 2 : FAULTY
  }

  #record(
    bytes: Buffer,
    base: number,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    isCanonical: number
  ): boolean {
    const index = this.fieldCount++
    if (index >= this.kinds.length) return this.fail(HEAD_FAULTS.tooManyFields) !== FAULTY
    const at = index * 4
    this.offsets[at] = nameStart - base
    this.offsets[at + 1] = nameEnd - base
    this.offsets[at + 2] = valueStart - base
    this.offsets[at + 3] = valueEnd - base
    const kind = fieldKindOf(bytes, nameStart, nameEnd)
    this.kinds[index] = kind
    this.isCanonical[index] = isCanonical
    return kind === FieldKind.OTHER || this.#acceptKnown(bytes, base, index, kind)
  }

  #acceptKnown(bytes: Buffer, base: number, index: number, kind: number): boolean {
    switch (kind) {
      case FieldKind.CONTENT_LENGTH:
        return this.#acceptContentLength(bytes, base, index)
      case FieldKind.TRANSFER_ENCODING:
        return this.#acceptTransferEncoding(bytes, base, index)
      case FieldKind.CONNECTION:
        this.#acceptConnection(bytes, base, index)
        return true
      default:
        return this.acceptField(bytes, base, index)
    }
  }

  #acceptContentLength(bytes: Buffer, base: number, index: number): boolean {
    const start = base + this.offsets[index * 4 + 2]!
    const end = base + this.offsets[index * 4 + 3]!
    if (end === start || end - start > MAX_LENGTH_DIGITS) {
      return this.fail(HEAD_FAULTS.contentLength) !== FAULTY
    }
    let length = 0
    for (let at = start; at < end; at++) {
      const digit = bytes[at]! - 0x30
      if (digit < 0 || digit > 9) return this.fail(HEAD_FAULTS.contentLength) !== FAULTY
      length = length * 10 + digit
    }
    if (this.contentLength >= 0 && this.contentLength !== length) {
      return this.fail(HEAD_FAULTS.contentLengthDiffers) !== FAULTY
    }
    this.contentLength = length
    return true
  }

  #acceptTransferEncoding(bytes: Buffer, base: number, index: number): boolean {
    const value = this.#valueText(bytes, base, index)
    if (this.isChunked || value.toLowerCase() !== CHUNKED) {
      return this.fail(HEAD_FAULTS.transferEncoding) !== FAULTY
    }
    this.isChunked = true
    return true
  }

  #acceptConnection(bytes: Buffer, base: number, index: number): void {
    const start = base + this.offsets[index * 4 + 2]!
    const length = base + this.offsets[index * 4 + 3]! - start
    if (length === KEEP_ALIVE.length && isName(bytes, start, KEEP_ALIVE)) {
      this.connectionOptions |= ConnectionOption.KEEP_ALIVE
      return
    }
    for (const part of this.#valueText(bytes, base, index)
      .toLowerCase()
      .split(String.fromCharCode(COMMA))) {
      const option = part.trim()
      if (option === 'close') this.connectionOptions |= ConnectionOption.CLOSE
      else if (option === 'keep-alive') this.connectionOptions |= ConnectionOption.KEEP_ALIVE
      else if (option === 'upgrade') this.connectionOptions |= ConnectionOption.UPGRADE
      else if (option !== '') (this.nominated ??= []).push(option)
    }
  }

  #valueText(bytes: Buffer, base: number, index: number): string {
    const at = index * 4
    return bytes.toString('latin1', base + this.offsets[at + 2]!, base + this.offsets[at + 3]!)
  }

  #complete(): boolean {
    if (this.isChunked) {
      if (this.contentLength >= 0) return this.fail(HEAD_FAULTS.twoLengths) !== FAULTY
      if (this.minorVersion === 0) return this.fail(HEAD_FAULTS.transferEncodingVersion) !== FAULTY
    }
    return this.acceptHead()
  }

  /** Marks the fields that Connection nominated, except those that carry the message itself. */
  markNominated(text: string): void {
    if (this.nominated === null) return
    for (let index = 0; index < this.fieldCount; index++) {
      const kind = this.kinds[index]!
      if (kind !== FieldKind.OTHER && kind < FieldKind.X_FORWARDED_FOR) continue
      if (this.nominated.includes(this.nameAt(text, index).toLowerCase())) {
        this.kinds[index] = FieldKind.NOMINATED
      }
    }
  }
}
