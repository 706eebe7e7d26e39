/** Contract: the judge accepts exactly the messages that RFC 9112 lets a sender write. */
import { expect, test } from 'vitest'
import { fieldValue, Violation } from './http-head.ts'
import { readRequest, readResponse } from './http-message.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const GET = 'GET /a HTTP/1.1\r\nHost: x\r\n'

test('a chunked request with trailers is decoded and its exact bytes are kept', () => {
  const wire = `POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a="b"\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n`
  const found = readRequest(bytes(`${wire}GET`), 0)
  expect(found?.next).toBe(wire.length)
  expect(found?.message.body.toString()).toBe('abc')
  expect(found?.message.trailers).toEqual([['X-Sum', '1']])
  expect(found?.message.rawBody.toString()).toBe('3;a="b"\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n')
})

test('an incomplete message is neither accepted nor refused', () => {
  const wire = 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc'
  for (let length = 0; length < wire.length; length += 1) {
    expect(readRequest(bytes(wire.slice(0, length)), 0)).toBe(null)
  }
  expect(readRequest(bytes(wire), 0)?.message.body.toString()).toBe('abc')
})

test.each([
  ['two lengths', `${GET}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`],
  ['a signed length', `${GET}Content-Length: +1\r\n\r\na`],
  ['length and coding', `${GET}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['an unknown coding', `${GET}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['a folded line', `${GET}X: a\r\n b\r\n\r\n`],
  ['a blank before the colon', `${GET}X : a\r\n\r\n`],
  ['a bare LF in a value', `${GET}X: a\nY: b\r\n\r\n`],
  ['a bare CR in a value', `${GET}X: a\rY: b\r\n\r\n`],
  ['a NUL in a value', `${GET}X: a\0\r\n\r\n`],
  ['two Hosts', `${GET}Host: y\r\n\r\n`],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two blanks in the request line', 'GET  / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['another version', 'GET / HTTP/1.2\r\nHost: x\r\n\r\n'],
  ['a hex prefix', `${GET}Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n`],
  ['no CRLF after a chunk', `${GET}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`]
])('%s is a violation', (_name, wire) => {
  expect(() => readRequest(bytes(wire), 0)).toThrow(Violation)
})

test('a response without a length ends with the connection', () => {
  const wire = bytes('HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody')
  expect(readResponse(wire, 0, 'GET', false)).toBe(null)
  const found = readResponse(wire, 0, 'GET', true)
  expect(found?.message.body.toString()).toBe('body')
  expect(fieldValue(found!.message, 'a')).toBe('b')
})

test('a response to HEAD has no body whatever its length says', () => {
  const wire = bytes('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')
  expect(readResponse(wire, 0, 'HEAD', false)?.next).toBe(wire.length)
  expect(readResponse(wire, 0, 'GET', false)).toBe(null)
})
