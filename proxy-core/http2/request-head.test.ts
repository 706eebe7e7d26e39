/** Contract: one head of HTTP/2 becomes one head of HTTP/1.1, whatever its fields hold. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_HEAD_LIMITS } from '../model/default-settings.ts'
import { RequestParser } from '../http1/request-parser.ts'
import { requestHeadOf } from './request-head.ts'

const GET = [':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '/x?y']

function linesOf(fields: readonly string[], hasBody = false): readonly string[] {
  return requestHeadOf(fields, hasBody)!.text.split('\r\n')
}

test('a plain request', () => {
  expect(linesOf([...GET, 'accept', '*/*'])).toEqual([
    ...['GET /x?y HTTP/1.1', 'Host: a.test', 'accept: */*', 'Connection: close'],
    ...['', '']
  ])
})

test('crumbs of a cookie are put together, in order', () => {
  expect(linesOf([...GET, 'cookie', 'a=1', 'x', 'y', 'cookie', 'b=2'])).toContain(
    'cookie: a=1; b=2'
  )
})

test('a body without a length travels in chunks, one with a length does not', () => {
  expect(linesOf(GET, true)).toContain('Transfer-Encoding: chunked')
  expect(linesOf([...GET, 'content-length', '5'], true)).not.toContain('Transfer-Encoding: chunked')
  expect(linesOf(GET)).not.toContain('Transfer-Encoding: chunked')
})

test('host stands in for a missing authority; one that differs stays, for the parser to refuse', () => {
  const withoutAuthority = [':method', 'GET', ':path', '/', 'host', 'b.test']
  expect(linesOf(withoutAuthority).filter((line) => /^host/i.test(line))).toEqual(['Host: b.test'])
  expect(linesOf([...GET, 'host', 'a.test']).filter((line) => /^host/i.test(line))).toHaveLength(1)
  expect(linesOf([...GET, 'host', 'b.test']).filter((line) => /^host/i.test(line))).toHaveLength(2)
})

test.each(['a\r\nX-Injected: 1', 'a\nb', 'a\rb', 'a\0b'])('%j in a value is refused', (value) => {
  expect(requestHeadOf([...GET, 'x-a', value], false)).toBeNull()
  expect(
    requestHeadOf([':method', 'GET', ':path', `/${value}`, ':authority', 'a'], false)
  ).toBeNull()
  expect(requestHeadOf([...GET, value, 'x'], false)).toBeNull()
})

test('whatever the fields hold, the text is one head or the parser refuses it', () => {
  const value = fc.string({ unit: 'binary-ascii', maxLength: 12 })
  const name = fc.constantFrom(
    'x-a',
    'content-length',
    'transfer-encoding',
    'host',
    'x y',
    'é',
    'a:b'
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), value, (fields, path) => {
      const flat = [':method', 'GET', ':authority', 'a.test', ':path', `/${path}`, ...fields.flat()]
      const head = requestHeadOf(flat, false)
      if (head === null) return
      const octets = Buffer.from(`${head.text}GET /smuggled HTTP/1.1\r\n\r\n`, 'latin1')
      const parser = new RequestParser()
      const end = parser.parse(octets, 0, octets.length, DEFAULT_HEAD_LIMITS)
      // Either refused, or it ends where it was written to end.
      if (end > 0) expect(end).toBe(head.text.length)
    })
  )
})
