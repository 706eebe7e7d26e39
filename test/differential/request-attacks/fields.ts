/** Hosts, field names and sizes on which readers disagree, and fields that must not be believed. */
import { expect } from 'vitest'
import { fieldValue, fieldValues } from '../../servers/http-head.ts'
import {
  forwarded,
  get,
  post,
  rejected,
  request,
  SMUGGLED,
  type AttackCase,
  type AttackFamily,
  type Expectation
} from '../attack-case.ts'

function host(
  name: string,
  lines: readonly string[],
  expectation: Expectation = rejected()
): AttackCase {
  return { name, bytes: request('GET /attack HTTP/1.1', lines), expect: expectation }
}

const withHost = (value: string): Expectation =>
  forwarded((message) => expect(fieldValue(message, 'host')).toBe(value))

export const hostAttacks: AttackFamily = {
  title: 'Host',
  cases: [
    host('none in HTTP/1.1', []),
    host('twice, different', ['Host: a.test', 'Host: evil.test']),
    host('twice, the same', ['Host: a.test', 'Host: a.test']),
    host('an empty one', ['Host:']),
    host('a list: "a.test, evil.test"', ['Host: a.test, evil.test']),
    host('a space inside', ['Host: a.test evil.test']),
    host('a path behind it', ['Host: a.test/evil']),
    host('a query behind it', ['Host: a.test?evil']),
    host('user information', ['Host: a.test@evil.test']),
    host('a backslash', ['Host: a.test\\evil.test']),
    host('a high byte', ['Host: a.t\xe9st']),
    host('a NUL', ['Host: a.test\0']),
    host('a port that is no number', ['Host: a.test:http']),
    host('two ports', ['Host: a.test:80:81']),
    host('a port over 65535', ['Host: a.test:65536']),
    host('only a port', ['Host: :80']),
    host('an open bracket', ['Host: [::1']),
    host('a bracket inside', ['Host: a[.test']),
    host('a space before the colon', ['Host : a.test']),
    host('a port', ['Host: a.test:8080'], withHost('a.test:8080')),
    host('an IPv6 address', ['Host: [::1]:8080'], withHost('[::1]:8080')),
    host('an underscore', ['Host: a_b.test'], withHost('a_b.test')),
    host(
      'named by Connection, to have it dropped',
      ['Host: a.test', 'Connection: host'],
      withHost('a.test')
    ),
    {
      name: 'none in HTTP/1.0, which the backend gets all the same',
      bytes: request('GET /attack HTTP/1.0', []),
      expect: forwarded((message) => expect(fieldValues(message, 'host')).toHaveLength(1))
    }
  ]
}

const gone = (name: string): Expectation =>
  forwarded((message) => expect(fieldValues(message, name)).toEqual([]))

export const fieldAttacks: AttackFamily = {
  title: 'Field lines',
  cases: [
    { name: 'no colon', bytes: get('X-Case'), expect: rejected() },
    { name: 'an empty name', bytes: get(': 1'), expect: rejected() },
    { name: 'a space in the name', bytes: get('X Case: 1'), expect: rejected() },
    { name: 'a space before the colon', bytes: get('X-Case : 1'), expect: rejected() },
    { name: 'a bracket in the name', bytes: get('X(Case): 1'), expect: rejected() },
    { name: 'a slash in the name', bytes: get('X/Case: 1'), expect: rejected() },
    { name: 'quotes around the name', bytes: get('"X-Case": 1'), expect: rejected() },
    { name: 'a high byte in the name', bytes: get('X-C\xe4se: 1'), expect: rejected() },
    {
      name: 'a request line among the fields',
      bytes: get('GET /smuggled HTTP/1.1'),
      expect: rejected()
    },
    {
      name: 'an empty value, which is allowed',
      bytes: get('X-Case:'),
      expect: forwarded((message) => expect(fieldValue(message, 'x-case')).toBe(''))
    },
    {
      name: 'a colon in the value, which is allowed',
      bytes: get('X-Case:: 1'),
      expect: forwarded((message) => expect(fieldValue(message, 'x-case')).toBe(': 1'))
    },
    {
      name: 'a request line of 20 000 bytes',
      bytes: get().replace('/attack', `/${'a'.repeat(20_000)}`),
      expect: rejected(414)
    },
    {
      name: 'a field of 100 000 bytes',
      bytes: get(`X-Case: ${'a'.repeat(100_000)}`),
      expect: rejected(431)
    },
    {
      name: '2 000 fields',
      bytes: get(...Array.from({ length: 2000 }, (_, index) => `X-${index}: 1`)),
      expect: rejected(431)
    },
    {
      name: 'X-Forwarded-For from a peer that is not trusted',
      bytes: get('X-Forwarded-For: 192.0.2.66', 'X-Forwarded-For: 192.0.2.67'),
      expect: forwarded((message) =>
        expect(fieldValues(message, 'x-forwarded-for')).toEqual(['127.0.0.1'])
      )
    },
    {
      name: 'X-Forwarded-For named by Connection',
      bytes: get('Connection: X-Forwarded-For, close'),
      expect: forwarded((message) =>
        expect(fieldValue(message, 'x-forwarded-for')).toBe('127.0.0.1')
      )
    },
    {
      name: 'a field named by Connection, which is dropped',
      bytes: get('Connection: X-Case', 'X-Case: 1'),
      expect: gone('x-case')
    },
    {
      name: 'an odd list in Connection',
      bytes: get('Connection: ,,X-Case ,\t, close,', 'X-Case: 1'),
      expect: gone('x-case')
    },
    {
      name: 'Keep-Alive, for this hop only',
      bytes: get('Keep-Alive: timeout=9'),
      expect: gone('keep-alive')
    },
    {
      name: 'Proxy-Connection, for this hop only',
      bytes: get('Proxy-Connection: close'),
      expect: gone('proxy-connection')
    },
    {
      name: 'TE, for this hop only',
      bytes: get('TE: trailers', 'Connection: TE'),
      expect: gone('te')
    },
    {
      name: 'an expectation that nobody knows',
      bytes: get('Expect: 200-maybe'),
      expect: rejected(417)
    },
    {
      name: 'Upgrade without Connection, which is dropped',
      bytes: get('Upgrade: websocket'),
      expect: gone('upgrade')
    },
    {
      name: 'an upgrade to h2c, which would hide requests in a tunnel',
      bytes: get(
        'Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABkAAQ'
      ),
      expect: gone('upgrade')
    },
    {
      name: 'an upgrade with a body that is a request',
      bytes: post(
        ['Connection: Upgrade', 'Upgrade: websocket', `Content-Length: ${SMUGGLED.length}`],
        SMUGGLED
      ),
      expect: forwarded((message) => expect(message.body.toString()).toBe(SMUGGLED))
    }
  ]
}
