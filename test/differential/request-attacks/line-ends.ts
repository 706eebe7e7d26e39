/** Line ends and foldings at which one reader sees a new line and another does not. */
import { expect } from 'vitest'
import { fieldValue } from '../../servers/http-head.ts'
import { forwarded, get, rejected, SMUGGLED, type AttackFamily } from '../attack-case.ts'

const plain = get('X-Case: 1')

export const lineEndAttacks: AttackFamily = {
  title: 'Line ends, folding and control bytes',
  cases: [
    { name: 'bare LF throughout', bytes: plain.replaceAll('\r\n', '\n'), expect: rejected() },
    {
      name: 'bare LF behind the request line',
      bytes: plain.replace('HTTP/1.1\r\n', 'HTTP/1.1\n'),
      expect: rejected()
    },
    {
      name: 'bare CR behind the request line',
      bytes: plain.replace('HTTP/1.1\r\n', 'HTTP/1.1\r'),
      expect: rejected()
    },
    { name: 'bare LF behind a field', bytes: get('X-Case: 1\nX-Other: 2'), expect: rejected() },
    { name: 'bare CR in a value', bytes: get('X-Case: 1\rX-Other: 2'), expect: rejected() },
    { name: 'CR CR LF behind a field', bytes: get('X-Case: 1\r'), expect: rejected() },
    {
      name: 'a head that ends in LF LF',
      bytes: plain.replace(/\r\n\r\n$/, '\n\n'),
      expect: rejected()
    },
    {
      name: 'a head that ends in CR LF LF',
      bytes: plain.replace(/\r\n\r\n$/, '\r\n\n'),
      expect: rejected()
    },
    {
      name: 'a head that ends in LF CR LF',
      bytes: plain.replace(/\r\n\r\n$/, '\n\r\n'),
      expect: rejected()
    },
    {
      name: 'a head that ends in CR CR',
      bytes: plain.replace(/\r\n\r\n$/, '\r\r'),
      expect: rejected()
    },
    {
      name: 'a CR in the request target',
      bytes: plain.replace('/attack', '/at\rtack'),
      expect: rejected()
    },
    { name: 'a CR in a field name', bytes: get('X-\rCase: 1'), expect: rejected() },
    { name: 'an LF in a field name', bytes: get('X-\nCase: 1'), expect: rejected() },
    { name: 'a folded value, by a space', bytes: get('X-Case: 1', ' 2'), expect: rejected() },
    { name: 'a folded value, by a tab', bytes: get('X-Case: 1', '\t2'), expect: rejected() },
    {
      name: 'a first field that begins with a space',
      bytes: plain.replace('Host', ' Host'),
      expect: rejected()
    },
    { name: 'a line of one space', bytes: get('X-Case: 1', ' ', 'X-Other: 2'), expect: rejected() },
    {
      name: 'a folded line with a colon',
      bytes: get('X-Case: 1', ' Host: evil.test'),
      expect: rejected()
    },
    { name: 'a NUL in a value', bytes: get('X-Case: a\0b'), expect: rejected() },
    { name: 'a NUL in a name', bytes: get('X-\0Case: a'), expect: rejected() },
    { name: 'a NUL before the request', bytes: `\0${plain}`, expect: rejected() },
    { name: 'a backspace in a value', bytes: get('X-Case: a\x08b'), expect: rejected() },
    { name: 'a DEL in a value', bytes: get('X-Case: a\x7fb'), expect: rejected() },
    { name: 'an escape in a value', bytes: get('X-Case: \x1b[2J'), expect: rejected() },
    {
      name: 'high bytes in a value, which are allowed',
      bytes: get('X-Case: \xe9\xff'),
      expect: forwarded((message) => expect(fieldValue(message, 'x-case')).toBe('\xe9\xff'))
    },
    {
      name: 'a tab in a value, which is allowed',
      bytes: get('X-Case: a\tb'),
      expect: forwarded((message) => expect(fieldValue(message, 'x-case')).toBe('a\tb'))
    },
    {
      name: 'an empty line before the request, which is ignored',
      bytes: `\r\n${plain}`,
      expect: forwarded((message) => expect(message.startLine).toBe('GET /attack HTTP/1.1'))
    },
    { name: 'a bare LF before the request', bytes: `\n${plain}`, expect: rejected() },
    {
      name: 'encoded line ends in the target, which stay encoded',
      bytes: plain.replace('/attack', '/attack%0d%0aX-Injected:%201%0d%0a%0d%0aGET%20/smuggled'),
      expect: forwarded((message) => {
        expect(message.target).toBe('/attack%0d%0aX-Injected:%201%0d%0a%0d%0aGET%20/smuggled')
        expect(fieldValue(message, 'x-injected')).toBe(undefined)
      })
    },
    {
      name: 'encoded line ends in a value, which stay encoded',
      bytes: get('X-Case: a%0d%0aX-Injected: 1'),
      expect: forwarded((message) => expect(fieldValue(message, 'x-injected')).toBe(undefined))
    },
    {
      name: 'line ends as UTF-8 look-alikes in a value',
      bytes: get('X-Case: a\xc4\x8d\xc4\x8aX-Injected: 1'),
      expect: forwarded((message) => expect(fieldValue(message, 'x-injected')).toBe(undefined))
    },
    {
      name: 'line ends as UTF-8 look-alikes in the target',
      bytes: plain.replace('/attack', '/attack\xc4\x8d\xc4\x8a'),
      expect: rejected()
    },
    {
      name: 'a request behind a bare LF LF',
      bytes: get(`X-Case: 1\n\n${SMUGGLED}`),
      expect: rejected()
    }
  ]
}
