/** Contract: only this machine's own tools get past the guard, whatever a browser is made to send. */
import { describe, expect, it } from 'vitest'
import { hasToken, hostFieldCount, isCrossSite, isHostAllowed } from './request-guard.ts'

const LOOPBACK = { boundHost: '127.0.0.1', localAddress: '127.0.0.1', allowedHosts: [] }
const EXPOSED = {
  boundHost: '0.0.0.0',
  localAddress: '::ffff:10.1.2.3',
  allowedHosts: ['Gateway.example', 'ops.example:9443']
}

describe('isHostAllowed', () => {
  it.each([
    '127.0.0.1:9000',
    'localhost:9000',
    'LOCALHOST',
    '[::1]:9000',
    '127.0.0.1',
    'localhost:19000'
  ])('accepts %s on loopback: a tunnel has a port of its own', (host) =>
    expect(isHostAllowed(host, LOOPBACK)).toBe(true)
  )

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:9000',
    'localhost.evil.example',
    'localhost.',
    '127.0.0.1.evil.example',
    'user@localhost',
    'localhost:9000:1',
    'localhost, evil.example',
    '[::1',
    '10.1.2.3:9000',
    'localhost:999999'
  ])('refuses %s on loopback', (host) => expect(isHostAllowed(host, LOOPBACK)).toBe(false))

  it.each(['10.1.2.3:9443', 'gateway.example', 'gateway.example:1', 'ops.example:9443'])(
    "accepts %s where it is the connection's own address or an allowed name",
    (host) => expect(isHostAllowed(host, EXPOSED)).toBe(true)
  )

  it.each(['ops.example', 'ops.example:9000', '10.9.9.9', '0.0.0.1'])(
    'refuses %s: an entry with a port needs that port, another address is not ours',
    (host) => expect(isHostAllowed(host, EXPOSED)).toBe(false)
  )

  it('accepts an IPv6 address that the server is bound to', () => {
    const rule = { boundHost: 'fd00::5', localAddress: 'fd00::5', allowedHosts: [] }
    expect(isHostAllowed('[fd00::5]:9000', rule)).toBe(true)
    expect(isHostAllowed('[fd00::6]:9000', rule)).toBe(false)
  })
})

describe('hostFieldCount', () => {
  it('sees a second Host field in any case', () => {
    expect(hostFieldCount(['Host', 'localhost', 'Accept', 'host', 'hOST', 'evil'])).toBe(2)
  })
})

describe('isCrossSite', () => {
  const host = 'localhost:9000'
  it.each([
    [{ host }],
    [{ host, 'sec-fetch-site': 'none' }],
    [{ host, 'sec-fetch-site': 'same-origin', origin: 'http://localhost:9000' }],
    [{ host: 'LOCALHOST:9000', origin: 'http://localhost:9000' }]
  ])('lets %j pass', (headers) => expect(isCrossSite(headers, false)).toBe(false))

  it.each([
    [{ host, 'sec-fetch-site': 'cross-site' }],
    [{ host, 'sec-fetch-site': 'same-site' }],
    [{ host, origin: 'null' }],
    [{ host, origin: 'http://localhost:3000' }],
    [{ host, origin: 'https://localhost:9000' }],
    [{ host, origin: 'http://evil.example' }],
    [{ host, 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' }]
  ])('refuses %j', (headers) => expect(isCrossSite(headers, false)).toBe(true))

  it('compares the scheme with the one that is served', () => {
    expect(isCrossSite({ host, origin: 'https://localhost:9000' }, true)).toBe(false)
  })
})

describe('hasToken', () => {
  it.each(['Bearer s3cret', 'bearer  s3cret', 'BEARER s3cret '])('accepts %j', (value) =>
    expect(hasToken(value, 's3cret')).toBe(true)
  )
  it.each([
    undefined,
    '',
    's3cret',
    'Bearer',
    'Bearer s3cre',
    'Bearer s3cret2',
    'Basic s3cret',
    'Bearer s3 cret'
  ])('refuses %j', (value) => expect(hasToken(value, 's3cret')).toBe(false))
  it('accepts nothing while the token is empty', () => {
    expect(hasToken('Bearer ', '')).toBe(false)
    expect(hasToken('Bearer x', '')).toBe(false)
  })
})
