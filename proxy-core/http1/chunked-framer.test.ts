/**
 * Contract: which octets of a chunked body pass, what becomes of extensions and trailers,
 * what is refused, and that splits never matter.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChunkedFramer } from './chunked-framer.ts'
import { HEAD_FAULTS } from './head-fault.ts'

interface Outcome {
  readonly passed: string
  readonly reason: string | null
  readonly isDone: boolean
  readonly used: number
}

function run(input: string, cuts: readonly number[], isDecoding = false): Outcome {
  const framer = new ChunkedFramer(isDecoding)
  const bytes = Buffer.from(input, 'latin1')
  const edges = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])]
  let passed = ''
  let at = 0
  for (const end of edges.sort((a, b) => a - b)) {
    while (at < end && !framer.isDone) {
      const next = framer.feed(bytes, at, end)
      if (next < 0) return { passed: '', reason: framer.fault!.reason, isDone: false, used: 0 }
      passed += bytes.toString('latin1', at, framer.passEnd)
      at = next
    }
  }
  if (framer.isDone) passed += framer.trailerText
  return { passed, reason: null, isDone: framer.isDone, used: at }
}

const whole = (input: string, isDecoding = false): Outcome => run(input, [], isDecoding)
const bytewise = (input: string, isDecoding = false): Outcome =>
  run(
    input,
    Array.from({ length: input.length }, (_, index) => index),
    isDecoding
  )

describe('ChunkedFramer', () => {
  it('passes canonical chunks as they are and stops behind the last one', () => {
    const body = '5\r\nhello\r\n0\r\n\r\n'
    expect(whole(`${body}GET /`)).toEqual({
      passed: body,
      reason: null,
      isDone: true,
      used: body.length
    })
  })

  it('takes chunk extensions out', () => {
    const input = '5;a=b;c="d"\r\nhello\r\n0;x\r\n\r\n'
    expect(whole(input).passed).toBe('5\r\nhello\r\n0\r\n\r\n')
    expect(bytewise(input).passed).toBe('5\r\nhello\r\n0\r\n\r\n')
  })

  it('re-emits trailer fields and leaves out those that would change the framing', () => {
    const input = '0\r\nX-Sum:  1 \r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(whole(input).passed).toBe('0\r\nX-Sum: 1\r\n\r\n')
    expect(bytewise(input).passed).toBe('0\r\nX-Sum: 1\r\n\r\n')
  })

  it('passes only data when it decodes', () => {
    const input = '5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n'
    expect(whole(input, true).passed).toBe('hello world')
    expect(bytewise(input, true).passed).toBe('hello world')
  })

  const refused: ReadonlyArray<readonly [string, string, keyof typeof HEAD_FAULTS]> = [
    ['an empty size', '\r\nhello', 'chunkSize'],
    ['a prefixed size', '0x5\r\nhello\r\n', 'chunkSize'],
    ['a signed size', '+5\r\nhello\r\n', 'chunkSize'],
    ['a negative size', '-5\r\nhello\r\n', 'chunkSize'],
    ['an underscore', '1_0\r\nhello\r\n', 'chunkSize'],
    ['a space before the size', ' 5\r\nhello\r\n', 'chunkSize'],
    ['a space behind the size', '5 \r\nhello\r\n', 'chunkSize'],
    ['a size beyond counting', '10000000000000000\r\n', 'chunkSize'],
    ['a bare LF behind the size', '5\nhello\r\n', 'chunkSize'],
    ['a bare LF in an extension', '5;a\nb\r\nhello\r\n', 'chunkExtension'],
    ['a bare CR in an extension', '5;a\rb\r\nhello\r\n', 'chunkSize'],
    ['a NUL in an extension', '5;\0\r\nhello\r\n', 'chunkExtension'],
    ['an endless extension', `5;${'a'.repeat(2000)}`, 'chunkExtension'],
    ['data longer than its size', '5\r\nhello!\r\n', 'chunkEnd'],
    ['no CR LF behind data', '5\r\nhello0\r\n\r\n', 'chunkEnd'],
    ['a bare LF behind data', '5\r\nhello\n0\r\n\r\n', 'chunkEnd'],
    ['a trailer line without a colon', '0\r\nX\r\n\r\n', 'trailer'],
    ['a folded trailer', '0\r\nX: a\r\n b\r\n\r\n', 'trailer'],
    ['a bare LF in the trailers', '0\r\nX: a\n\r\n', 'trailer'],
    ['trailers without end', `0\r\n${'X: aaaaaaaaaa\r\n'.repeat(800)}`, 'trailer']
  ]

  it.each(refused)('refuses %s, in one piece and octet by octet', (_name, input, fault) => {
    const { reason } = HEAD_FAULTS[fault]
    expect(whole(input).reason).toBe(reason)
    expect(bytewise(input).reason).toBe(reason)
  })

  it('gives the same result for every split, for any octets', () => {
    const piece = fc.constantFrom(
      '5',
      'a',
      '0',
      '\r\n',
      '\r',
      '\n',
      ';x=1',
      'hello',
      '\r\n0\r\n\r\n',
      ': ',
      ' '
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 16 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.boolean(),
        (parts, cuts, isDecoding) => {
          const input = parts.join('')
          expect(run(input, cuts, isDecoding)).toEqual(whole(input, isDecoding))
          expect(bytewise(input, isDecoding)).toEqual(whole(input, isDecoding))
        }
      ),
      { numRuns: 2000 }
    )
  })

  it('decodes what was chunked, whatever the sizes and splits', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), fc.array(fc.nat()), (pieces, cuts) => {
        const data = pieces.map((text) => Buffer.from(text, 'latin1').toString('latin1'))
        const chunks = data.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`)
        const outcome = run(`${chunks.join('')}0\r\n\r\n`, cuts, true)
        expect(outcome).toMatchObject({ passed: data.join(''), isDone: true })
      })
    )
  })
})
