/** Contract: trailers pass checked and bounded, and cannot say what only a head may say. */
import { expect, test } from 'vitest'
import { TrailerSection } from './trailer-section.ts'

interface Outcome {
  readonly text: string
  readonly isComplete: boolean
  /** Octets that belonged to the section, or null when it was refused. */
  readonly used: number | null
}

function feed(input: string, pieceLength: number): Outcome {
  const bytes = Buffer.from(input, 'latin1')
  const section = new TrailerSection()
  let at = 0
  while (at < bytes.length && !section.isComplete) {
    const end = Math.min(bytes.length, at + pieceLength)
    while (at < end && !section.isComplete) {
      const next = section.feed(bytes, at, end)
      if (next < 0) return { text: section.text, isComplete: false, used: null }
      at = next
    }
  }
  return { text: section.text, isComplete: section.isComplete, used: at }
}

test.each([1, 3, 1000])('passes fields in canonical form, in pieces of %i', (pieceLength) => {
  expect(feed('A:1\r\nX-Sum:  f\xe9 \r\n\r\nGET /', pieceLength)).toEqual({
    text: 'A: 1\r\nX-Sum: f\xe9\r\n\r\n',
    isComplete: true,
    used: 'A:1\r\nX-Sum:  f\xe9 \r\n\r\n'.length
  })
})

test.each([
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Host: b.test',
  'Connection: close',
  'Authorization: forged',
  'Cookie: forged',
  'Set-Cookie: forged',
  'Content-Type: text/html',
  'Content-Encoding: gzip',
  'Content-Range: bytes 0-1/2',
  'Trailer: A',
  'X-Forwarded-For: 203.0.113.9',
  'X-Real-IP: 203.0.113.9',
  'Forwarded: for=203.0.113.9',
  'Expect: 100-continue',
  'TE: trailers'
])('drops %s', (field) => {
  expect(feed(`${field}\r\nA: 1\r\n\r\n`, 1000).text).toBe('A: 1\r\n\r\n')
  expect(feed(`${field.toUpperCase()}\r\n\r\n`, 1000).text).toBe('\r\n')
})

test.each([
  ['a bare LF', 'A: 1\n\r\n'],
  ['a bare LF at the end', '\n'],
  ['a bare CR', 'A: 1\rB: 2\r\n\r\n'],
  ['a folded line', 'A: 1\r\n more\r\n\r\n'],
  ['a space before the colon', 'A : 1\r\n\r\n'],
  ['a line without a colon', 'GET / HTTP/1.1\r\n\r\n'],
  ['a control character', 'A: \x01\r\n\r\n'],
  ['a NUL', 'A: \0\r\n\r\n'],
  ['an empty name', ': 1\r\n\r\n']
])('refuses %s', (_, input) => {
  for (const pieceLength of [1, 1000]) expect(feed(input, pieceLength).used).toBeNull()
})

test('refuses more than it will keep, whether in one line or in many', () => {
  expect(feed(`A: ${'x'.repeat(9000)}`, 1000).used).toBeNull()
  expect(feed('A: 1\r\n'.repeat(2000), 1000).used).toBeNull()
})

test('is not complete before its empty line', () => {
  expect(feed('A: 1\r\n', 1000)).toEqual({ text: 'A: 1\r\n', isComplete: false, used: 6 })
  expect(feed('A: 1\r\n\r', 1)).toMatchObject({ isComplete: false })
})
