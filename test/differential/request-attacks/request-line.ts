/** Request lines, versions and targets that readers split or resolve differently. */
import { expect } from 'vitest'
import { fieldValue } from '../../servers/http-head.ts'
import {
  forwarded,
  rejected,
  request,
  unrouted,
  type AttackCase,
  type AttackFamily,
  type Expectation
} from '../attack-case.ts'

function line(name: string, startLine: string, expectation: Expectation = rejected()): AttackCase {
  return { name, bytes: request(startLine, ['Host: a.test']), expect: expectation }
}

const withTarget = (target: string): Expectation =>
  forwarded((message) => {
    expect(message.target).toBe(target)
    expect(fieldValue(message, 'host')).toBe('a.test')
  })

const withMethod = (method: string): Expectation =>
  forwarded((message) => expect(message.method).toBe(method))

export const requestLineAttacks: AttackFamily = {
  title: 'Request line and version',
  cases: [
    line('two spaces behind the method', 'GET  /attack HTTP/1.1'),
    line('two spaces before the version', 'GET /attack  HTTP/1.1'),
    line('a tab behind the method', 'GET\t/attack HTTP/1.1'),
    line('a tab before the version', 'GET /attack\tHTTP/1.1'),
    line('a space before the method', ' GET /attack HTTP/1.1'),
    line('a space behind the version', 'GET /attack HTTP/1.1 '),
    line('a vertical tab as separator', 'GET\x0b/attack HTTP/1.1'),
    line('a space in the target', 'GET /at tack HTTP/1.1'),
    line('a second version in the target', 'GET /attack HTTP/1.1 HTTP/1.1'),
    line('no version', 'GET /attack'),
    { name: 'HTTP/0.9', bytes: 'GET /attack\r\n\r\n', expect: rejected() },
    line('no target', 'GET HTTP/1.1'),
    line('an empty target', 'GET  HTTP/1.1'),
    line('no method', '/attack HTTP/1.1'),
    line('HTTP/0.9 named', 'GET /attack HTTP/0.9', rejected(505)),
    line('HTTP/1.2', 'GET /attack HTTP/1.2', rejected(505)),
    line('HTTP/1.10', 'GET /attack HTTP/1.10'),
    line('HTTP/1.', 'GET /attack HTTP/1.'),
    line('HTTP/01.1', 'GET /attack HTTP/01.1', rejected(505)),
    line('HTTP/+1.1', 'GET /attack HTTP/+1.1', rejected(505)),
    line('HTTP/2.0', 'GET /attack HTTP/2.0', rejected(505)),
    line('HTTP/3', 'GET /attack HTTP/3', rejected(505)),
    line('http/1.1 in lower case', 'GET /attack http/1.1'),
    line('another protocol: ICY/1.1', 'GET /attack ICY/1.1'),
    {
      name: 'the preface of HTTP/2',
      bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      expect: rejected(505)
    },
    {
      name: 'a PROXY protocol line',
      bytes: `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${request('GET /attack HTTP/1.1', ['Host: a.test'])}`,
      expect: rejected()
    },
    {
      name: 'a TLS greeting',
      bytes: Buffer.from('16030100c8010000c40303', 'hex'),
      expect: rejected()
    },
    { name: 'a reply instead of a request', bytes: 'HTTP/1.1 200 OK\r\n\r\n', expect: rejected() },
    line(
      'a method in lower case, which is another method',
      'get /attack HTTP/1.1',
      withMethod('get')
    ),
    line('an unknown method', 'M-SEARCH /attack HTTP/1.1', withMethod('M-SEARCH')),
    line(
      'every odd character of a token',
      "!#$%&'*+-.^_`|~ /attack HTTP/1.1",
      withMethod("!#$%&'*+-.^_`|~")
    ),
    line('a bracket in the method', 'GE(T /attack HTTP/1.1'),
    line('a colon in the method', 'GET: /attack HTTP/1.1'),
    line('a NUL in the method', 'GE\0T /attack HTTP/1.1'),
    line('a high byte in the method', 'G\xc9T /attack HTTP/1.1'),
    line('CONNECT with an authority', 'CONNECT a.test:443 HTTP/1.1', rejected(501)),
    line('CONNECT with a path', 'CONNECT /attack HTTP/1.1', rejected(501))
  ]
}

export const targetAttacks: AttackFamily = {
  title: 'Request target',
  cases: [
    line('an encoded slash, passed as it is', 'GET /a%2fb HTTP/1.1', withTarget('/a%2fb')),
    line(
      'encoded dot segments, passed as they are',
      'GET /a/%2e%2e/b HTTP/1.1',
      withTarget('/a/%2e%2e/b')
    ),
    line('a dot segment behind an encoded slash', 'GET /a/..%2fb HTTP/1.1', unrouted),
    line('a dot segment with a path parameter', 'GET /a/..;x/b HTTP/1.1', unrouted),
    line('two slashes, passed as they are', 'GET //attack HTTP/1.1', withTarget('//attack')),
    line('an encoded NUL, passed as it is', 'GET /attack%00 HTTP/1.1', withTarget('/attack%00')),
    line('a broken escape, passed as it is', 'GET /attack%zz HTTP/1.1', withTarget('/attack%zz')),
    line('a NUL', 'GET /at\0tack HTTP/1.1'),
    line('a DEL', 'GET /at\x7ftack HTTP/1.1'),
    line('a high byte', 'GET /at\xe9tack HTTP/1.1'),
    line('a fragment', 'GET /attack#part HTTP/1.1'),
    line('no slash at its begin', 'GET attack HTTP/1.1'),
    line('a backslash at its begin', 'GET \\attack HTTP/1.1'),
    line('an authority without a method for it', 'GET a.test:80 HTTP/1.1'),
    line('a question mark at its begin', 'GET ?attack HTTP/1.1'),
    line('an asterisk with OPTIONS', 'OPTIONS * HTTP/1.1', withTarget('*')),
    line('an asterisk with GET', 'GET * HTTP/1.1'),
    line(
      'absolute, the same authority',
      'GET http://a.test/attack?q=1 HTTP/1.1',
      withTarget('/attack?q=1')
    ),
    line(
      'absolute, the authority in upper case',
      'GET http://A.TEST/attack HTTP/1.1',
      withTarget('/attack')
    ),
    line(
      'absolute, the scheme in upper case',
      'GET HTTP://a.test/attack HTTP/1.1',
      withTarget('/attack')
    ),
    line('absolute, no path', 'GET http://a.test HTTP/1.1', withTarget('/')),
    line('absolute, no path and a query', 'GET http://a.test?q=1 HTTP/1.1', withTarget('/?q=1')),
    line('absolute, another authority than Host', 'GET http://evil.test/attack HTTP/1.1'),
    line('absolute, another port than Host', 'GET http://a.test:81/attack HTTP/1.1'),
    line('absolute, user information', 'GET http://user@a.test/attack HTTP/1.1'),
    line(
      'absolute, user information that looks like Host',
      'GET http://a.test@evil.test/attack HTTP/1.1'
    ),
    line('absolute, an empty authority', 'GET http:///attack HTTP/1.1'),
    line('absolute, one slash', 'GET http:/attack HTTP/1.1'),
    line('absolute, another scheme', 'GET ftp://a.test/attack HTTP/1.1'),
    line('absolute, a backslash in the authority', 'GET http://a.test\\evil.test/attack HTTP/1.1')
  ]
}
