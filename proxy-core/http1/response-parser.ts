/** The head of a response, and how its body is framed: RFC 9112 sections 4 and 6.3. */
import { HEAD_FAULTS } from './head-fault.ts'
import { HeadParser, INCOMPLETE } from './head-parser.ts'
import { CR, IS_FIELD_VALUE, LF, SP } from './octets.ts'
import { FieldKind } from './field-kind.ts'

const VERSION = Buffer.from('HTTP/1.')
/** "HTTP/1.1 200" */
const STATUS_END = 12

export class ResponseParser extends HeadParser {
  status = 0
  /** Offset of the reason phrase, which ends before the start line's CR LF. May be empty. */
  reasonStart = 0
  /** Index of the Upgrade field, or -1. */
  upgradeIndex = -1

  override reset(): void {
    super.reset()
    this.status = 0
    this.upgradeIndex = -1
  }

  protected override parseStartLine(bytes: Buffer, base: number, end: number): number {
    const available = Math.min(end - base, VERSION.length)
    for (let index = 0; index < available; index++) {
      if (bytes[base + index] !== VERSION[index]) return this.fail(HEAD_FAULTS.startLine)
    }
    if (end - base <= STATUS_END) return INCOMPLETE
    const minor = bytes[base + 7]! - 0x30
    if (minor < 0 || minor > 9 || bytes[base + 8] !== SP) return this.fail(HEAD_FAULTS.startLine)
    this.minorVersion = minor === 0 ? 0 : 1
    let status = 0
    for (let at = base + 9; at < base + STATUS_END; at++) {
      const digit = bytes[at]! - 0x30
      if (digit < 0 || digit > 9) return this.fail(HEAD_FAULTS.startLine)
      status = status * 10 + digit
    }
    if (status < 100) return this.fail(HEAD_FAULTS.startLine)
    this.status = status
    return this.#parseReason(bytes, base, end)
  }

  /** Servers that leave out the reason often leave out the space before it too. */
  #parseReason(bytes: Buffer, base: number, end: number): number {
    let at = base + STATUS_END
    if (bytes[at] === SP) at++
    else if (bytes[at] !== CR) return this.fail(HEAD_FAULTS.startLine)
    this.reasonStart = at - base
    while (at < end && IS_FIELD_VALUE[bytes[at]!] === 1) at++
    if (at + 1 >= end) return INCOMPLETE
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return this.fail(HEAD_FAULTS.lineEnd)
    return at + 2
  }

  protected override acceptField(_bytes: Buffer, _base: number, index: number): boolean {
    if (this.kinds[index] === FieldKind.UPGRADE) this.upgradeIndex = index
    return true
  }

  protected override acceptHead(): boolean {
    return true
  }
}
