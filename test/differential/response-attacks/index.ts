/** What a broken or hostile backend can answer. */
import { expect } from 'vitest'
import { fieldValue, fieldValues } from '../../servers/http-head.ts'
import type { ResponseMessage } from '../../servers/http-message.ts'
import { ok, PLANTED, type ResponseAttack, type ResponseExpectation } from './response-attack.ts'

const refused: ResponseExpectation = { outcome: 'refused' }
const cut: ResponseExpectation = { outcome: 'cut' }

const arrives = (text: string): ResponseExpectation => ({
  outcome: 'forwarded',
  check: (message) => expect(message.body.toString()).toBe(text)
})

const CHUNKED = 'Transfer-Encoding: chunked'
const chunks = (body: string): string => ok([CHUNKED], body)
const started = (name: string, startLine: string): ResponseAttack => ({
  name,
  bytes: `${startLine}\r\nContent-Length: 2\r\n\r\nok`,
  expect: refused
})
const lined = (name: string, ...lines: readonly string[]): ResponseAttack => ({
  name,
  bytes: ok([...lines, 'Content-Length: 2'], 'ok'),
  expect: refused
})

export const RESPONSE_ATTACKS: readonly ResponseAttack[] = [
  {
    name: 'two different lengths',
    bytes: ok(['Content-Length: 2', `Content-Length: ${2 + PLANTED.length}`], `ok${PLANTED}`),
    expect: refused
  },
  {
    name: 'the same length twice',
    bytes: ok(['Content-Length: 2', 'Content-Length: 2'], 'ok'),
    expect: arrives('ok')
  },
  { name: 'a list of lengths: "2, 2"', bytes: ok(['Content-Length: 2, 2'], 'ok'), expect: refused },
  { name: 'a signed length', bytes: ok(['Content-Length: +2'], 'ok'), expect: refused },
  { name: 'a negative length', bytes: ok(['Content-Length: -1'], 'ok'), expect: refused },
  { name: 'a length that is no number', bytes: ok(['Content-Length: two'], 'ok'), expect: refused },
  {
    name: 'a length over 2^53',
    bytes: ok(['Content-Length: 9007199254740993'], 'ok'),
    expect: refused
  },
  {
    name: 'a length and chunks',
    bytes: ok(['Content-Length: 2', CHUNKED], `0\r\n\r\n${PLANTED}`),
    expect: refused
  },
  {
    name: 'an unknown coding',
    bytes: ok(['Transfer-Encoding: xchunked'], '2\r\nok\r\n0\r\n\r\n'),
    expect: refused
  },
  { name: 'chunked twice', bytes: ok([CHUNKED, CHUNKED], '2\r\nok\r\n0\r\n\r\n'), expect: refused },
  {
    name: '"gzip, chunked"',
    bytes: ok(['Transfer-Encoding: gzip, chunked'], '2\r\nok\r\n0\r\n\r\n'),
    expect: refused
  },
  {
    name: '"identity"',
    bytes: ok(['Transfer-Encoding: identity'], 'ok'),
    ending: 'closes',
    expect: refused
  },
  {
    name: 'chunks in HTTP/1.0',
    bytes: chunks('2\r\nok\r\n0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0'),
    expect: refused
  },
  { name: 'a chunk size with a prefix', bytes: chunks('0x2\r\nok\r\n0\r\n\r\n'), expect: cut },
  {
    name: 'a chunk size that overflows',
    bytes: chunks('10000000000000002\r\nok\r\n0\r\n\r\n'),
    expect: cut
  },
  { name: 'a chunk without its CR LF', bytes: chunks('2\r\nok0\r\n\r\n'), expect: cut },
  { name: 'a chunk ended by a bare LF', bytes: chunks('2\nok\r\n0\r\n\r\n'), expect: cut },
  {
    name: 'chunks that stop before the last',
    bytes: chunks('2\r\nok\r\n'),
    ending: 'closes',
    expect: cut
  },
  {
    name: 'chunks broken off by a reset',
    bytes: chunks('2\r\nok\r\n'),
    ending: 'resets',
    expect: cut
  },
  {
    name: 'a body shorter than its length',
    bytes: ok(['Content-Length: 9'], 'ok'),
    ending: 'closes',
    expect: cut
  },
  {
    name: 'a body broken off by a reset',
    bytes: ok(['Content-Length: 9'], 'ok'),
    ending: 'resets',
    expect: cut
  },
  { name: 'a malformed trailer', bytes: chunks('2\r\nok\r\n0\r\nno colon\r\n\r\n'), expect: cut },
  {
    name: 'a trailer, which is allowed',
    bytes: chunks('2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n'),
    expect: arrives('ok')
  },
  {
    name: 'a second response behind a length',
    bytes: ok(['Content-Length: 2'], `ok${PLANTED}`),
    expect: arrives('ok')
  },
  {
    name: 'a second response behind the last chunk',
    bytes: chunks(`2\r\nok\r\n0\r\n\r\n${PLANTED}`),
    expect: arrives('ok')
  },
  {
    name: 'a body behind 204',
    bytes: `HTTP/1.1 204 No Content\r\n\r\n${PLANTED}`,
    expect: { outcome: 'forwarded', check: (message) => expect(message.status).toBe(204) }
  },
  {
    name: 'a body behind 304 with a length',
    bytes: `HTTP/1.1 304 Not Modified\r\nContent-Length: ${PLANTED.length}\r\n\r\n${PLANTED}`,
    expect: { outcome: 'forwarded', check: (message) => expect(message.status).toBe(304) }
  },
  {
    name: 'a body behind the answer to HEAD',
    method: 'HEAD',
    bytes: ok([`Content-Length: ${PLANTED.length}`], PLANTED),
    expect: {
      outcome: 'forwarded',
      check: (message) => expect(fieldValue(message, 'content-length')).toBe(String(PLANTED.length))
    }
  },
  { name: 'nothing, and the connection closed', bytes: '', ending: 'closes', expect: refused },
  { name: 'nothing, and the connection reset', bytes: '', ending: 'resets', expect: refused },
  {
    name: 'half a head, and the connection closed',
    bytes: 'HTTP/1.1 200 OK\r\nA: ',
    ending: 'closes',
    expect: refused
  },
  {
    name: 'a protocol that is not HTTP',
    bytes: 'SSH-2.0-OpenSSH_9.2\r\n',
    ending: 'closes',
    expect: refused
  },
  started('HTTP/2 in the status line', 'HTTP/2 200 OK'),
  started('HTTP/0.9 in the status line', 'HTTP/0.9 200 OK'),
  started('two digits of status', 'HTTP/1.1 20 OK'),
  started('four digits of status', 'HTTP/1.1 2000 OK'),
  started('a status under 100', 'HTTP/1.1 099 OK'),
  started('a status in letters', 'HTTP/1.1 abc OK'),
  started('two spaces before the status', 'HTTP/1.1  200 OK'),
  started('a NUL in the reason', 'HTTP/1.1 200 O\0K'),
  started('a bare CR in the reason', 'HTTP/1.1 200 O\rK'),
  lined('a field without a colon', 'X-Case'),
  lined('a space before the colon', 'X-Case : 1'),
  lined('a folded field', 'X-Case: 1', ' 2'),
  lined('a bare LF in a field', 'X-Case: 1\nX-Injected: 2'),
  lined('a bare CR in a field', 'X-Case: 1\rX-Injected: 2'),
  lined('a NUL in a field', 'X-Case: \0'),
  lined('a high byte in a name', 'X-C\xe4se: 1'),
  lined('a field of 300 000 bytes', `X-Case: ${'a'.repeat(300_000)}`),
  {
    name: 'bare LF throughout',
    bytes: ok(['Content-Length: 2'], 'ok').replaceAll('\r\n', '\n'),
    expect: refused
  },
  {
    name: 'encoded line ends in a value, which stay encoded',
    bytes: ok(['Location: /%0d%0aSet-Cookie:%20a=b', 'Content-Length: 2'], 'ok'),
    expect: {
      outcome: 'forwarded',
      check: (message) => expect(fieldValues(message, 'set-cookie')).toEqual([])
    }
  },
  {
    name: 'a 101 that nobody asked for',
    bytes: `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n${PLANTED}`,
    expect: refused
  },
  {
    name: 'a status over 599, which has three digits all the same',
    bytes: ok(['Content-Length: 2'], 'ok').replace('200 OK', '600 Odd'),
    expect: { outcome: 'forwarded', check: (message) => expect(message.status).toBe(600) }
  },
  {
    name: 'a thousand interim responses before the final one',
    bytes: `${'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(1000)}${ok(['Content-Length: 2'], 'ok')}`,
    expect: arrives('ok')
  },
  {
    name: 'fields for one hop, named by Connection',
    bytes: ok(
      ['Connection: X-Case', 'X-Case: 1', 'Keep-Alive: timeout=9', 'Content-Length: 2'],
      'ok'
    ),
    expect: {
      outcome: 'forwarded',
      check: (message: ResponseMessage): void => {
        expect(fieldValues(message, 'x-case')).toEqual([])
        expect(fieldValues(message, 'keep-alive')).toEqual([])
      }
    }
  }
]
