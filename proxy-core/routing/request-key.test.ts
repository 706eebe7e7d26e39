/** Contract: what the key of a request is, and when it has none. */
import { describe, expect, test } from 'vitest'
import { parseRequestKey } from '../model/request-key.ts'
import { cookieValue } from './cookie-value.ts'
import { queryValue } from './query-value.ts'
import { compileRequestKey, NO_KEY } from './request-key.ts'

interface Asked {
  readonly target?: string
  readonly fields?: Readonly<Record<string, string>>
}

function keyOf(written: string, { target = '/', fields = {} }: Asked): string {
  const [path = '', query = ''] = target.split('?')
  const key = parseRequestKey(written)!
  return compileRequestKey(key)(path, query, '192.0.2.7', (name) => fields[name])
}

test.each([
  ['header:X-Case-Id', { fields: { 'x-case-id': '17' } }, '17'],
  ['header:x-case-id', {}, NO_KEY],
  ['header:x-case-id', { fields: { 'x-case-id': '' } }, NO_KEY],
  ['cookie:SID', { fields: { cookie: 'a=1; SID=xyz; b=2' } }, 'xyz'],
  ['cookie:SID', { fields: { cookie: 'sid=xyz' } }, NO_KEY],
  ['cookie:SID', {}, NO_KEY],
  ['query:case', { target: '/x?a=1&case=17' }, '17'],
  ['query:case', { target: '/x?cases=1' }, NO_KEY],
  ['query:case', { target: '/x' }, NO_KEY],
  ['path', { target: '/orders/17?page=2' }, '/orders/17'],
  ['path', { target: '/orders//%31%37' }, '/orders/17'],
  ['path:1', { target: '/orders/17' }, 'orders'],
  ['path:2', { target: '/orders/17' }, '17'],
  ['path:2', { target: '/orders/17/lines' }, '17'],
  ['path:3', { target: '/orders/17' }, NO_KEY],
  ['path:3', { target: '/orders/17/' }, NO_KEY],
  ['path:2', { target: '/a/../orders/17' }, '17'],
  ['path:1', { target: '*' }, NO_KEY],
  ['client_ip', {}, '192.0.2.7']
] as const)('%s of %j is %j', (written, asked, key) => {
  expect(keyOf(written, asked)).toBe(key)
})

describe('a cookie', () => {
  test.each([
    ['SID=1', '1'],
    ['SID=', ''],
    ['SID', undefined],
    ['xSID=1', undefined],
    ['x=SID=1; SID=2', '2'],
    ['SID=first; SID=second', 'first'],
    ['a=1;SID=2', '2'],
    ['a=1;  SID=a=b ; c=3', 'a=b'],
    ['SID="quoted"', '"quoted"'],
    [';;SID=1;', '1'],
    ['', undefined]
  ])('in %j is %j', (field, value) => {
    expect(cookieValue(field, 'SID')).toBe(value)
  })
})

describe('a parameter', () => {
  test.each([
    ['case=17', '17'],
    ['case=', ''],
    ['case', ''],
    ['a=1&case=17&case=18', '17'],
    ['a&case=17', '17'],
    ['a=case=1&case=2', '2'],
    ['c%61se=17', '17'],
    ['case=a+b%20c', 'a b c'],
    ['case=100%', '100%'],
    ['case=%zz', '%zz'],
    // Octets, as they would stand in a field.
    ['case=%C3%A9', '\u00c3\u00a9'],
    ['Case=17', undefined],
    ['&&', undefined],
    ['', undefined]
  ])('in %j is %j', (query, value) => {
    expect(queryValue(query, 'case')).toBe(value)
  })
})
