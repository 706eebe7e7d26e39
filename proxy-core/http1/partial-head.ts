/**
 * A head that did not come in one piece: its octets so far, in a buffer that grows, and a
 * parser of its own that goes on where it stopped.
 */
import type { HeadLimits } from '../model/settings.ts'
import type { HeadParser } from './head-parser.ts'

const INITIAL_BYTES = 1024

export class PartialHead<P extends HeadParser> {
  readonly parser: P
  buffer: Buffer
  /** Octets in `buffer`. After the head is complete some of them may lie behind it. */
  length: number

  /** `buffer[start, end)` has been parsed before and was incomplete. */
  constructor(parser: P, buffer: Buffer, start: number, end: number) {
    this.parser = parser
    this.length = end - start
    this.buffer = Buffer.allocUnsafe(Math.max(INITIAL_BYTES, this.length * 2))
    buffer.copy(this.buffer, 0, start, end)
    parser.reset()
  }

  /** As `HeadParser.parse`; the head begins at offset 0 of `this.buffer`. */
  append(buffer: Buffer, start: number, end: number, limits: HeadLimits): number {
    const needed = this.length + end - start
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(needed * 2)
      this.buffer.copy(larger, 0, 0, this.length)
      this.buffer = larger
    }
    buffer.copy(this.buffer, this.length, start, end)
    this.length = needed
    return this.parser.parse(this.buffer, 0, needed, limits)
  }
}
