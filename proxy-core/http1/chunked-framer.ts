/**
 * Follows a chunked body (RFC 9112 section 7.1) through any split of its octets and says which
 * of them to pass on. Chunk extensions are taken out and trailer fields are re-emitted from
 * their parsed parts, so that what leaves is unambiguous whatever came in.
 *
 * `feed` stops at each border between octets to pass and octets to drop:
 *
 *   let at = start
 *   while (at < end && !framer.isDone) {
 *     const next = framer.feed(bytes, at, end)
 *     if (next < 0) refuse(framer.fault)
 *     pass bytes[at, framer.passEnd)
 *     at = next
 *   }
 *
 * When `isDone`, `trailerText` still has to be sent: the trailer section with its final CR LF.
 */
import { HEAD_FAULTS, type HeadFault } from './head-fault.ts'
import { CR, HEX_VALUE, IS_FIELD_VALUE, LF, SEMICOLON } from './octets.ts'
import { TrailerSection } from './trailer-section.ts'

/** Phases, in the order of the grammar. Plain numbers: one `feed` walks through several. */
const SIZE = 0 as number
const EXTENSION = 1 as number
const SIZE_LF = 2 as number
const DATA = 3 as number
const DATA_CR = 4 as number
const DATA_LF = 5 as number
const TRAILER = 6 as number
const DONE = 7 as number

/** 2^52 and more cannot be counted exactly together with a sum: no such chunk is real. */
const MAX_SIZE_DIGITS = 13
const MAX_EXTENSION_LENGTH = 1024

export class ChunkedFramer {
  fault: HeadFault | null = null
  /** End of the octets to pass that begin where the last `feed` began. */
  passEnd = 0
  /** Octets of chunk data seen so far, framing not counted. */
  dataLength = 0
  /** Valid when `isDone`: trailer fields and the final CR LF; '' when it decodes. */
  trailerText = ''
  /** Valid when `isDone`: the same, also for who decodes. */
  trailerFields = ''
  /** Pass data only: the message leaves without chunked framing. */
  readonly isDecoding: boolean

  #phase = SIZE
  #size = 0
  #digits = 0
  #extensionLength = 0
  #trailer: TrailerSection | null = null

  constructor(isDecoding: boolean) {
    this.isDecoding = isDecoding
  }

  get isDone(): boolean {
    return this.#phase === DONE
  }

  /** Returns where to go on, or -1 with `fault` set. */
  feed(bytes: Buffer, start: number, end: number): number {
    this.passEnd = start
    let at = start
    while (at < end) {
      switch (this.#phase) {
        case SIZE:
          at = this.#sizeDigits(bytes, at, end)
          if (at < 0) return -1
          if (!this.isDecoding) this.passEnd = at
          if (this.#phase === EXTENSION) return at
          break
        case EXTENSION:
          at = this.#extension(bytes, at, end)
          if (at < 0) return -1
          if (this.#phase === SIZE_LF && !this.isDecoding) return at
          break
        case SIZE_LF:
          at = this.#sizeLf(bytes, at)
          if (at < 0) return -1
          if (!this.isDecoding) this.passEnd = at
          else if (this.#phase === DATA) return at
          break
        case DATA:
          at = this.#data(at, end)
          this.passEnd = at
          if (this.isDecoding && this.#phase === DATA_CR) return at
          break
        case DATA_CR:
          if (bytes[at] !== CR) return this.#fail(HEAD_FAULTS.chunkEnd)
          at++
          this.#phase = DATA_LF
          if (!this.isDecoding) this.passEnd = at
          break
        case DATA_LF:
          if (bytes[at] !== LF) return this.#fail(HEAD_FAULTS.chunkEnd)
          at++
          this.#beginSize()
          if (!this.isDecoding) this.passEnd = at
          break
        default:
          return this.#trailerFields(bytes, at, end)
      }
    }
    return at
  }

  #fail(fault: HeadFault): -1 {
    this.fault = fault
    return -1
  }

  #beginSize(): void {
    this.#phase = SIZE
    this.#size = 0
    this.#digits = 0
  }

  /** Hexadecimal digits up to ";" or CR. A CR is consumed, a ";" is not. */
  #sizeDigits(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end) {
      const octet = bytes[at]!
      const digit = HEX_VALUE[octet]!
      if (digit !== 255) {
        if (++this.#digits > MAX_SIZE_DIGITS) return this.#fail(HEAD_FAULTS.chunkSize)
        this.#size = this.#size * 16 + digit
        at++
      } else if (this.#digits === 0) {
        return this.#fail(HEAD_FAULTS.chunkSize)
      } else if (octet === CR) {
        this.#phase = SIZE_LF
        return at + 1
      } else if (octet === SEMICOLON) {
        this.#phase = EXTENSION
        this.#extensionLength = 0
        return at
      } else {
        return this.#fail(HEAD_FAULTS.chunkSize)
      }
    }
    return at
  }

  /** Up to the CR, which is left for the next phase to pass. */
  #extension(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && IS_FIELD_VALUE[bytes[at]!] === 1) at++
    this.#extensionLength += at - start
    if (this.#extensionLength > MAX_EXTENSION_LENGTH) return this.#fail(HEAD_FAULTS.chunkExtension)
    if (at === end) return at
    if (bytes[at] !== CR) return this.#fail(HEAD_FAULTS.chunkExtension)
    this.#phase = SIZE_LF
    return at
  }

  /** After an extension the CR stands here, else only the LF. */
  #sizeLf(bytes: Buffer, start: number): number {
    if (bytes[start] === CR && this.#extensionLength > 0) {
      this.#extensionLength = 0
      return start + 1
    }
    if (bytes[start] !== LF || this.#extensionLength > 0) return this.#fail(HEAD_FAULTS.chunkSize)
    this.#phase = this.#size === 0 ? TRAILER : DATA
    return start + 1
  }

  #data(start: number, end: number): number {
    const length = Math.min(this.#size, end - start)
    this.#size -= length
    this.dataLength += length
    if (this.#size === 0) this.#phase = DATA_CR
    return start + length
  }

  #trailerFields(bytes: Buffer, start: number, end: number): number {
    if (
      this.#trailer === null &&
      bytes[start] === CR &&
      start + 1 < end &&
      bytes[start + 1] === LF
    ) {
      this.#phase = DONE
      if (!this.isDecoding) this.passEnd = start + 2
      return start + 2
    }
    const trailer = (this.#trailer ??= new TrailerSection())
    const next = trailer.feed(bytes, start, end)
    if (next < 0) return this.#fail(HEAD_FAULTS.trailer)
    if (trailer.isComplete) {
      this.trailerFields = trailer.text
      this.trailerText = this.isDecoding ? '' : trailer.text
      this.#phase = DONE
    }
    return next
  }
}
