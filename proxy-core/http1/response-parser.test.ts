/** Contract: what a backend may say, and that every split of it is understood the same way. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FAULTY, INCOMPLETE } from './head-parser.ts'
import { PartialHead } from './partial-head.ts'
import { ResponseParser } from './response-parser.ts'

const LIMITS = { headBytes: 4096, lineBytes: 256, fieldCount: 20 }

const head = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`

interface Outcome {
  readonly result: 'complete' | 'incomplete' | 'faulty'
  readonly reason: string | null
  readonly facts: readonly unknown[] | null
}

function outcomeOf(parser: ResponseParser, next: number, text: string): Outcome {
  if (next === FAULTY) return { result: 'faulty', reason: parser.fault!.reason, facts: null }
  if (next === INCOMPLETE) return { result: 'incomplete', reason: null, facts: null }
  const fields = Array.from({ length: parser.fieldCount }, (_, index) => [
    parser.nameAt(text, index),
    parser.valueAt(text, index)
  ])
  const { status, minorVersion, contentLength, isChunked, connectionOptions, nominated } = parser
  const facts = [next, status, minorVersion, contentLength, isChunked, connectionOptions]
  return { result: 'complete', reason: null, facts: [...facts, nominated, fields] }
}

function parseWhole(text: string): Outcome {
  const bytes = Buffer.from(text, 'latin1')
  const parser = new ResponseParser()
  return outcomeOf(parser, parser.parse(bytes, 0, bytes.length, LIMITS), text)
}

function parsePieces(text: string, cuts: readonly number[]): Outcome {
  const bytes = Buffer.from(text, 'latin1')
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  const first = new ResponseParser()
  let next = first.parse(bytes, 0, ends[0]!, LIMITS)
  if (next !== INCOMPLETE) return outcomeOf(first, next, text)
  const partial = new PartialHead(new ResponseParser(), bytes, 0, ends[0]!)
  for (let index = 1; index < ends.length && next === INCOMPLETE; index++) {
    next = partial.append(bytes, ends[index - 1]!, ends[index]!, LIMITS)
  }
  return outcomeOf(partial.parser, next, text)
}

describe('ResponseParser', () => {
  test('understands status, version, framing and what the connection will do', () => {
    const { facts } = parseWhole(
      head('HTTP/1.0 404 Not Found', 'Content-Length: 12', 'Connection: Keep-Alive, X-Hop')
    )
    expect(facts!.slice(1, 7)).toEqual([404, 0, 12, false, 2, ['x-hop']])
  })

  test.each([
    ['a reason with spaces', 'HTTP/1.1 200 It is fine'],
    ['an empty reason', 'HTTP/1.1 200 '],
    ['no reason and no space before it', 'HTTP/1.1 200'],
    ['a status without a name', 'HTTP/1.1 799 ?'],
    ['obs-text in the reason', 'HTTP/1.1 200 gr\xfcn']
  ])('takes %s', (_, line) => expect(parseWhole(head(line)).result).toBe('complete'))

  test.each([
    ['another protocol', 'HTTP/2.0 200 OK'],
    ['a lower-case protocol', 'http/1.1 200 OK'],
    ['no version', 'HTTP/1 200 OK'],
    ['two digits of status', 'HTTP/1.1 99 OK'],
    ['a status below 100', 'HTTP/1.1 099 OK'],
    ['a status that is no number', 'HTTP/1.1 2x0 OK'],
    ['four digits of status', 'HTTP/1.1 2000 OK'],
    ['two spaces', 'HTTP/1.1  200 OK'],
    ['a NUL in the reason', 'HTTP/1.1 200 O\0K'],
    ['an empty line before it', '\r\nHTTP/1.1 200 OK']
  ])('refuses %s', (_, line) => expect(parseWhole(head(line)).result).toBe('faulty'))

  test.each([
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6']],
    ['length and coding', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['an unknown coding', ['Transfer-Encoding: gzip, chunked']],
    ['chunked twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
    ['a negative length', ['Content-Length: -1']],
    ['a folded field', ['A: 1', ' more']],
    ['a space before the colon', ['A : 1']],
    ['a bare CR', ['A: 1\rB: 2']],
    ['a bare LF', ['A: 1\nB: 2']],
    ['a field without a name', [': 1']]
  ])('refuses %s', (_, fields) => {
    expect(parseWhole(head('HTTP/1.1 200 OK', ...fields)).result).toBe('faulty')
  })

  test('refuses chunks from HTTP/1.0, where they do not exist', () => {
    expect(parseWhole(head('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked')).result).toBe('faulty')
  })

  test('bounds the start line, the head and the number of fields', () => {
    expect(parseWhole(`HTTP/1.1 200 ${'x'.repeat(300)}`).result).toBe('faulty')
    expect(parseWhole(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(5000)}`).result).toBe('faulty')
    const fields = Array.from({ length: 21 }, (_, index) => `A${index}: 1`)
    expect(parseWhole(head('HTTP/1.1 200 OK', ...fields)).result).toBe('faulty')
  })

  test('gives the same result for every split of the same octets', () => {
    const piece = fc.constantFrom(
      'HTTP/1.1',
      'HTTP/1.0 ',
      ' 200',
      '99',
      ' OK',
      '\r\n',
      '\r',
      '\n',
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      'Connection: close',
      ': ',
      '\0'
    )
    const wild = fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 14 })
    const plausible = wild.map((parts) => ['HTTP/1.1 200 OK\r\n', ...parts, '\r\n\r\n'])
    fc.assert(
      fc.property(
        fc.oneof(wild, plausible),
        fc.array(fc.nat(), { maxLength: 6 }),
        (parts, cuts) => {
          const text = parts.join('')
          const bytewise = Array.from({ length: text.length }, (_, index) => index)
          expect(parsePieces(text, cuts)).toEqual(parseWhole(text))
          expect(parsePieces(text, bytewise)).toEqual(parseWhole(text))
        }
      ),
      { numRuns: 1500 }
    )
  })
})
