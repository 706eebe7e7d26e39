/** Contract: what was written for HTTP/1.1 is told in the words of HTTP/2, however it was cut. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ResponseReader } from './response-reader.ts'

function read(pieces: readonly string[], isHead = false): readonly string[] {
  const told: string[] = []
  let data = ''
  const reader = new ResponseReader(isHead, {
    interim: (status, fields) => told.push(`interim ${status} ${fields.join(' ')}`),
    head: (status, fields, hasBody) => told.push(`head ${status} ${fields.join(' ')} ${hasBody}`),
    data: (octets) => (data += octets.toString('latin1')),
    end: (trailers) => told.push(`data ${data}`, `end ${trailers.join(' ')}`)
  })
  for (const piece of pieces) reader.feed(Buffer.from(piece, 'latin1'))
  return told
}

const HEAD = 'HTTP/1.1 200 OK\r\nX-A: b\r\n'

test('a body of a length', () => {
  expect(read([`${HEAD}Content-Length: 3\r\n\r\nab`, 'c'])).toEqual([
    ...['head 200 x-a b content-length 3 true', 'data abc', 'end ']
  ])
})

test('no body where none can be', () => {
  expect(read([`${HEAD}Content-Length: 3\r\n\r\n`], true)).toContain('end ')
  expect(read(['HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n'])).toContain('end ')
  expect(read([`${HEAD}Content-Length: 0\r\n\r\n`])).toContain(
    'head 200 x-a b content-length 0 false'
  )
})

test('interim heads before the head, in one piece or several', () => {
  const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  const expected = ['interim 103 link </a>', 'head 204 false', 'data ', 'end ']
  const final = 'HTTP/1.1 204 No Content\r\n\r\n'
  const told = (pieces: readonly string[]): readonly string[] =>
    read(pieces).map((line) => line.replace('204  ', '204 '))
  expect(told([interim + final])).toEqual(expected)
  expect(told([interim, final])).toEqual(expected)
})

test('chunks in any split, with trailers', () => {
  const body = '3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nX-Sum: 7\r\n\r\n'
  fc.assert(
    fc.property(fc.array(fc.nat(body.length), { maxLength: 6 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), body.length]
      const pieces = at.slice(1).map((end, index) => body.slice(at[index], end))
      const told = read([`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, ...pieces])
      expect(told).toEqual(['head 200 x-a b true', 'data abc0123456789abcdef', 'end x-sum 7'])
    })
  )
})
