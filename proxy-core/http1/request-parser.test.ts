/**
 * Contract: which request heads are understood, which are refused and why, and that the way
 * in which the octets are split over reads never matters.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HEAD_FAULTS } from './head-fault.ts'
import { FAULTY, INCOMPLETE } from './head-parser.ts'
import { PartialHead } from './partial-head.ts'
import { RequestParser } from './request-parser.ts'

const LIMITS = { headBytes: 4096, lineBytes: 1024, fieldCount: 20 }

interface Outcome {
  readonly next: number
  readonly reason: string | null
  readonly fields: readonly string[]
  readonly facts: readonly unknown[]
}

function outcomeOf(parser: RequestParser, next: number, text: string): Outcome {
  const fields = Array.from({ length: next > 0 ? parser.fieldCount : 0 }, (_, index) =>
    [parser.nameAt(text, index), parser.valueAt(text, index), parser.kinds[index]].join('|')
  )
  const { methodLength, targetStart, targetEnd, minorVersion, contentLength, isChunked } = parser
  const facts =
    next > 0 ? [methodLength, targetStart, targetEnd, minorVersion, contentLength, isChunked] : []
  return { next, reason: parser.fault?.reason ?? null, fields, facts }
}

function parseWhole(input: string): Outcome {
  const parser = new RequestParser()
  const bytes = Buffer.from(input, 'latin1')
  return outcomeOf(parser, parser.parse(bytes, 0, bytes.length, LIMITS), input)
}

/** As a connection does it: the first piece in place, the rest by a PartialHead. */
function parsePieces(input: string, cuts: readonly number[]): Outcome {
  const bytes = Buffer.from(input, 'latin1')
  const borders = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const edges = [0, ...borders.filter((at) => at > 0), bytes.length]
  const first = new RequestParser()
  let next = first.parse(bytes, 0, edges[1]!, LIMITS)
  if (next !== INCOMPLETE) return outcomeOf(first, next, input)
  const partial = new PartialHead(new RequestParser(), bytes, 0, edges[1]!)
  for (let index = 1; index + 1 < edges.length && next === INCOMPLETE; index++) {
    next = partial.append(bytes, edges[index]!, edges[index + 1]!, LIMITS)
  }
  return outcomeOf(partial.parser, next, input)
}

const head = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`
const withField = (field: string): string => head('GET / HTTP/1.1', 'Host: a', field)

describe('RequestParser', () => {
  it('understands a plain request and stops behind its empty line', () => {
    const text = head('GET /a?b=c HTTP/1.1', 'Host: example.test', 'Accept: */*')
    const outcome = parseWhole(`${text}next`)
    expect(outcome.next).toBe(text.length)
    expect(outcome.fields).toEqual(['Host|example.test|1', 'Accept|*/*|0'])
  })

  it('ignores empty lines before the request line', () => {
    expect(parseWhole(`\r\n\r\n${head('GET / HTTP/1.1', 'Host: a')}`).reason).toBeNull()
  })

  it('takes optional white space around a value for no part of it', () => {
    expect(parseWhole(withField('X: \t one two \t')).fields[1]).toBe('X|one two|0')
  })

  it('takes a repeated equal Content-Length for one', () => {
    const outcome = parseWhole(
      head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Content-Length: 5')
    )
    expect(outcome.facts[4]).toBe(5)
  })

  it('lets HTTP/1.0 come without Host', () => {
    expect(parseWhole(head('GET / HTTP/1.0')).reason).toBeNull()
  })

  const refused: ReadonlyArray<readonly [string, string, keyof typeof HEAD_FAULTS]> = [
    ['two spaces in the request line', head('GET  / HTTP/1.1', 'Host: a'), 'startLine'],
    ['a tab in the request line', head('GET\t/ HTTP/1.1', 'Host: a'), 'startLine'],
    ['no version', head('GET /', 'Host: a'), 'target'],
    ['a raw high octet in the target', head('GET /\xe9 HTTP/1.1', 'Host: a'), 'target'],
    ['a fragment', head('GET /#x HTTP/1.1', 'Host: a'), 'target'],
    ['HTTP/2.0', head('GET / HTTP/2.0', 'Host: a'), 'version'],
    ['HTTP/1.2', head('GET / HTTP/1.2', 'Host: a'), 'version'],
    ['a lower-case version', head('GET / http/1.1', 'Host: a'), 'startLine'],
    ['a bare LF after the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n', 'lineEnd'],
    ['a bare LF after a field', 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n', 'fieldValue'],
    ['a bare CR in a value', withField('X: a\rb'), 'lineEnd'],
    ['a NUL in a value', withField('X: a\0b'), 'fieldValue'],
    ['a DEL in a value', withField('X: a\x7fb'), 'fieldValue'],
    ['a space before the colon', withField('X : a'), 'fieldName'],
    ['a folded line', withField('X: a\r\n b'), 'fieldName'],
    ['an empty name', withField(': a'), 'fieldName'],
    ['a line without a colon', withField('X'), 'fieldName'],
    ['a high octet in a name', withField('\xe9: a'), 'fieldName'],
    ['a signed length', withField('Content-Length: +5'), 'contentLength'],
    ['a hexadecimal length', withField('Content-Length: 0x5'), 'contentLength'],
    ['a list of lengths', withField('Content-Length: 5, 5'), 'contentLength'],
    ['an empty length', withField('Content-Length:'), 'contentLength'],
    ['a length beyond counting', withField('Content-Length: 9999999999999999'), 'contentLength'],
    [
      'differing lengths',
      withField('Content-Length: 5\r\nContent-Length: 6'),
      'contentLengthDiffers'
    ],
    ['both framings', withField('Content-Length: 5\r\nTransfer-Encoding: chunked'), 'twoLengths'],
    ['chunked named twice', withField('Transfer-Encoding: chunked, chunked'), 'transferEncoding'],
    [
      'two Transfer-Encoding fields',
      withField('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'),
      'transferEncoding'
    ],
    ['another coding', withField('Transfer-Encoding: gzip, chunked'), 'transferEncoding'],
    ['xchunked', withField('Transfer-Encoding: xchunked'), 'transferEncoding'],
    ['a vertical tab before chunked', withField('Transfer-Encoding: \x0bchunked'), 'fieldValue'],
    ['chunked in quotes', withField('Transfer-Encoding: "chunked"'), 'transferEncoding'],
    ['a trailing comma', withField('Transfer-Encoding: chunked,'), 'transferEncoding'],
    [
      'chunked in HTTP/1.0',
      head('POST / HTTP/1.0', 'Transfer-Encoding: chunked'),
      'transferEncodingVersion'
    ],
    ['no Host', head('GET / HTTP/1.1', 'X: a'), 'hostMissing'],
    ['two Hosts', withField('Host: a'), 'hostRepeated'],
    ['an empty Host', head('GET / HTTP/1.1', 'Host:'), 'hostInvalid'],
    ['userinfo in Host', head('GET / HTTP/1.1', 'Host: u@a'), 'hostInvalid'],
    ['a path in Host', head('GET / HTTP/1.1', 'Host: a/b'), 'hostInvalid'],
    ['another expectation', withField('Expect: magic'), 'expectation'],
    ['too many fields', head('GET / HTTP/1.1', ...Array(21).fill('X: a')), 'tooManyFields'],
    ['a request line over its limit', head(`GET /${'a'.repeat(1100)} HTTP/1.1`), 'lineTooLong'],
    ['a head over its limit', withField(`X: ${'a'.repeat(4200)}`), 'headTooLarge']
  ]

  it.each(refused)('refuses %s, in one piece and octet by octet', (_name, input, fault) => {
    const { reason } = HEAD_FAULTS[fault]
    expect(parseWhole(input)).toMatchObject({ next: FAULTY, reason })
    const everyOctet = Array.from({ length: input.length }, (_, index) => index)
    expect(parsePieces(input, everyOctet)).toMatchObject({ next: FAULTY, reason })
  })

  it('gives the same result for every split of the same octets', () => {
    const piece = fc.constantFrom(
      'GET ',
      '/a',
      ' HTTP/1.1',
      ' HTTP/1.0',
      '\r\n',
      '\r',
      '\n',
      'Host: a',
      'X: b',
      ': ',
      ' ',
      '\t',
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      'Connection: close, X',
      '\r\n\r\n',
      '\0'
    )
    const wild = fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 14 })
    const plausible = fc
      .array(fc.tuple(fc.constantFrom('X', 'Host', 'Via', 'Content-Length'), fc.string()))
      .map((fields) => ['GET / HTTP/1.1\r\n', ...fields.map(([n, v]) => `${n}: ${v}\r\n`), '\r\n'])
    fc.assert(
      fc.property(
        fc.oneof(wild, plausible),
        fc.array(fc.nat(), { maxLength: 8 }),
        (parts, cuts) => {
          const input = parts.join('')
          const bytewise = Array.from({ length: input.length }, (_, index) => index)
          expect(parsePieces(input, cuts)).toEqual(parseWhole(input))
          expect(parsePieces(input, bytewise)).toEqual(parseWhole(input))
        }
      ),
      { numRuns: 2000 }
    )
  })
})
