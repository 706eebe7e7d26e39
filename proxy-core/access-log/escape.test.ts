/** Contract: nothing that a client sends leaves its field or its line, and no byte is lost. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeQuoted, escapeToken, jsonString } from './escape.ts'

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1'))

describe('escapeQuoted', () => {
  it('writes quote, backslash, control and high bytes as nginx does', () => {
    expect(escapeQuoted('a"b\\c\r\n\x00\x1b[0m\x7f\xe9 ~')).toBe(
      'a\\x22b\\x5Cc\\x0D\\x0A\\x00\\x1B[0m\\x7F\\xE9 ~'
    )
  })

  it('gives printable ASCII without quotes for any bytes, which can be read back', () => {
    fc.assert(
      fc.property(bytes, (text) => {
        const escaped = escapeQuoted(text)
        expect(escaped).toMatch(/^[ !#-~]*$/)
        const back = escaped.replace(/\\x([0-9A-F]{2})/g, (_, hex: string) =>
          String.fromCharCode(parseInt(hex, 16))
        )
        expect(back).toBe(text)
      })
    )
  })

  it('writes a name with more than a byte per character as its UTF-8 bytes', () => {
    expect(escapeQuoted('日😀')).toBe('\\xE6\\x97\\xA5\\xF0\\x9F\\x98\\x80')
  })
})

describe('escapeToken', () => {
  it('also hides blanks, which would begin the next field', () => {
    fc.assert(
      fc.property(bytes, (text) => {
        expect(escapeToken(text)).toMatch(/^[!#-~]*$/)
      })
    )
    expect(escapeToken('1.2.3.4 - x')).toBe('1.2.3.4\\x20-\\x20x')
  })
})

describe('jsonString', () => {
  it('is ASCII JSON of exactly the same text, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, fc.string({ unit: 'binary' })), (text) => {
        const json = jsonString(text)
        expect(json).toMatch(/^[ -~]*$/)
        expect(JSON.parse(json)).toBe(text)
      })
    )
  })
})
