/** The head of a request: RFC 9112 sections 3 to 6, with the strictness of design section 3. */
import { FieldKind } from './field-kind.ts'
import { HEAD_FAULTS } from './head-fault.ts'
import { FAULTY, HeadParser, INCOMPLETE } from './head-parser.ts'
import { isAuthority } from './authority.ts'
import { CR, IS_TARGET, IS_TOKEN, LF, SP } from './octets.ts'

const VERSION = Buffer.from('HTTP/1.')
/** "HTTP/1.1" and CR LF. */
const VERSION_AND_END = 10

export class RequestParser extends HeadParser {
  /** Empty lines before the start line, which RFC 9112 section 2.2 lets a server ignore. */
  leadingLength = 0
  methodLength = 0
  targetStart = 0
  targetEnd = 0
  /** Index of the Host field, or -1. */
  hostIndex = -1
  expectsContinue = false
  /** Index of the Upgrade field, or -1. */
  upgradeIndex = -1
  /** Index of the X-Forwarded-For field seen last, or -1. */
  forwardedForIndex = -1

  override reset(): void {
    super.reset()
    this.leadingLength = 0
    this.methodLength = 0
    this.hostIndex = -1
    this.expectsContinue = false
    this.upgradeIndex = -1
    this.forwardedForIndex = -1
  }

  protected override parseStartLine(bytes: Buffer, base: number, end: number): number {
    let start = base
    while (start < end && bytes[start] === CR) {
      if (start + 1 >= end) return INCOMPLETE
      if (bytes[start + 1] !== LF) return this.fail(HEAD_FAULTS.lineEnd)
      start += 2
    }
    this.leadingLength = start - base
    let at = start
    while (at < end && IS_TOKEN[bytes[at]!] === 1) at++
    if (at >= end) return INCOMPLETE
    if (bytes[at] !== SP || at === start) return this.fail(HEAD_FAULTS.startLine)
    this.methodLength = at - start
    this.targetStart = ++at - base
    while (at < end && IS_TARGET[bytes[at]!] === 1) at++
    if (at >= end) return INCOMPLETE
    if (bytes[at] !== SP) return this.fail(HEAD_FAULTS.target)
    this.targetEnd = at - base
    if (this.targetEnd === this.targetStart) return this.fail(HEAD_FAULTS.startLine)
    return this.#parseVersion(bytes, at + 1, end)
  }

  #parseVersion(bytes: Buffer, start: number, end: number): number {
    const available = Math.min(end - start, VERSION.length)
    for (let index = 0; index < available; index++) {
      if (bytes[start + index] !== VERSION[index]) {
        return this.fail(index === 5 ? HEAD_FAULTS.version : HEAD_FAULTS.startLine)
      }
    }
    if (end - start < VERSION_AND_END) return INCOMPLETE
    const minor = bytes[start + 7]! - 0x30
    if (minor < 0 || minor > 9) return this.fail(HEAD_FAULTS.startLine)
    if (minor > 1) return this.fail(HEAD_FAULTS.version)
    if (bytes[start + 8] !== CR || bytes[start + 9] !== LF) return this.fail(HEAD_FAULTS.lineEnd)
    this.minorVersion = minor
    return start + VERSION_AND_END
  }

  protected override acceptField(bytes: Buffer, base: number, index: number): boolean {
    switch (this.kinds[index]) {
      case FieldKind.HOST:
        return this.#acceptHost(bytes, base, index)
      case FieldKind.EXPECT:
        return this.#acceptExpect(bytes, base, index)
      case FieldKind.UPGRADE:
        this.upgradeIndex = index
        return true
      case FieldKind.X_FORWARDED_FOR:
        this.forwardedForIndex = index
        return true
      default:
        return true
    }
  }

  protected override acceptHead(): boolean {
    if (this.hostIndex < 0 && this.minorVersion === 1) {
      return this.fail(HEAD_FAULTS.hostMissing) !== FAULTY
    }
    return true
  }

  #acceptHost(bytes: Buffer, base: number, index: number): boolean {
    if (this.hostIndex >= 0) return this.fail(HEAD_FAULTS.hostRepeated) !== FAULTY
    this.hostIndex = index
    const start = base + this.offsets[index * 4 + 2]!
    const end = base + this.offsets[index * 4 + 3]!
    return isAuthority(bytes, start, end) || this.fail(HEAD_FAULTS.hostInvalid) !== FAULTY
  }

  #acceptExpect(bytes: Buffer, base: number, index: number): boolean {
    const at = index * 4
    const value = bytes.toString(
      'latin1',
      base + this.offsets[at + 2]!,
      base + this.offsets[at + 3]!
    )
    if (value.toLowerCase() !== '100-continue') return this.fail(HEAD_FAULTS.expectation) !== FAULTY
    this.expectsContinue = true
    return true
  }
}
