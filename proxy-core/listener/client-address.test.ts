/** Contract: the client's address is believed from the right, as far as trust reaches. */
import { describe, expect, test } from 'vitest'
import { RequestParser } from '../http1/request-parser.ts'
import { effectiveClientAddress, plainAddress, TrustedNetworks } from './client-address.ts'

const LIMITS = { headBytes: 8192, lineBytes: 1024, fieldCount: 100 }

function effective(trusted: readonly string[], peer: string, ...values: string[]): string {
  const fields = values.map((value) => `X-Forwarded-For: ${value}\r\n`).join('A: 1\r\n')
  const text = `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
  const bytes = Buffer.from(text, 'latin1')
  const parser = new RequestParser()
  parser.parse(bytes, 0, bytes.length, LIMITS)
  return effectiveClientAddress(new TrustedNetworks(trusted), parser, text, peer)
}

const OURS = ['10.0.0.0/8', '2001:db8::/32']

describe('effectiveClientAddress', () => {
  test.each([
    ['nothing was said', [], '10.0.0.1'],
    ['one hop', ['203.0.113.9'], '203.0.113.9'],
    ['our own proxies are passed over', ['203.0.113.9, 10.1.1.1, 10.2.2.2'], '203.0.113.9'],
    ['what a client forged stands left of it', ['1.1.1.1, 203.0.113.9, 10.1.1.1'], '203.0.113.9'],
    ['several fields are one list', ['203.0.113.9', '10.1.1.1'], '203.0.113.9'],
    ['all hops are ours', ['10.3.3.3, 10.1.1.1'], '10.3.3.3'],
    ['a hop that is no address ends the trust', ['203.0.113.9, unknown, 10.1.1.1'], '10.1.1.1'],
    ['a hop that is no address is the only one', ['unknown'], '10.0.0.1'],
    ['an empty list', [''], '10.0.0.1'],
    ['IPv6 with and without brackets', ['2001:db8:1::1, [2001:db8:2::2]:443'], '2001:db8:1::1'],
    ['an IPv6 client in brackets', ['[2a00::9], 10.1.1.1'], '2a00::9'],
    ['an IPv4 address in IPv6 clothes', ['::ffff:203.0.113.9'], '203.0.113.9']
  ])('%s', (_, values, expected) => {
    expect(effective(OURS, '10.0.0.1', ...values)).toBe(expected)
  })
})

describe('TrustedNetworks', () => {
  test.each([
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::1', false],
    ['', false],
    ['unix', false]
  ])('%j is among ours: %s', (address, isOurs) => {
    expect(new TrustedNetworks(OURS).has(address)).toBe(isOurs)
  })

  test('a single address is a network of one', () => {
    const networks = new TrustedNetworks(['192.0.2.1', '2001:db8::1'])
    expect([networks.has('192.0.2.1'), networks.has('192.0.2.2')]).toEqual([true, false])
    expect([networks.has('2001:db8::1'), networks.has('2001:db8::2')]).toEqual([true, false])
  })

  test('nobody is trusted by default', () => {
    expect(new TrustedNetworks([]).has('127.0.0.1')).toBe(false)
  })
})

test('plainAddress takes IPv4 out of its IPv6 clothes and leaves the rest', () => {
  expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1')
  expect(plainAddress('2001:db8::1')).toBe('2001:db8::1')
  expect(plainAddress('192.0.2.1')).toBe('192.0.2.1')
})
