/** Contract: the fields of a request are kept as they would be sent, those of one message are not. */
import { expect, test } from 'vitest'
import { storedHead } from './stored-head.ts'

const NONE: ReadonlySet<string> = new Set()

function headOf(...lines: readonly string[]): string {
  return ['POST /orders HTTP/1.1', ...lines, '', ''].join('\r\n')
}

test('Host comes first, the other fields keep their order, case and repetitions', () => {
  const head = headOf('X-B: 2', 'Host: a.test', 'x-a: 1', 'X-B: 3')
  expect(storedHead(head, NONE)).toBe('Host: a.test\r\nX-B: 2\r\nx-a: 1\r\nX-B: 3\r\n')
})

test('framing, hop fields and what is written at delivery are not kept', () => {
  const head = headOf(
    'Host: a.test',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
    'Trailer: X-Sum',
    'Idempotency-Key: 7',
    'X-Buffered-At: long ago',
    'x-buffered-attempt: 9',
    'Content-Type: text/plain'
  )
  expect(storedHead(head, NONE)).toBe('Host: a.test\r\nContent-Type: text/plain\r\n')
})

test('fields that the operator drops are gone, whatever their case', () => {
  const head = headOf('Host: a.test', 'AUTHORIZATION: secret', 'Cookie: SID=1', 'X-Auth: kept')
  const dropped = new Set(['authorization', 'cookie'])
  expect(storedHead(head, dropped)).toBe('Host: a.test\r\nX-Auth: kept\r\n')
})

test('a value with colons and an empty one stay as they are', () => {
  const head = headOf('Host: a.test:8080', 'X-Url: http://b.test/', 'X-Empty: ')
  expect(storedHead(head, NONE)).toBe('Host: a.test:8080\r\nX-Url: http://b.test/\r\nX-Empty: \r\n')
})
