/** The gate of the web host: which requests get any further, and what the others are told. */
import { describe, expect, test } from 'vitest'
import { ownAuthorities, refusalOf, type RequestFacts } from './request-gate.ts'

const AUTHORITIES = ownAuthorities(4321)

const FINE: RequestFacts = {
  method: 'GET',
  hosts: ['127.0.0.1:4321'],
  origin: undefined,
  fetchSite: undefined
}

function statusOf(change: Partial<RequestFacts>): number | null {
  return refusalOf({ ...FINE, ...change }, AUTHORITIES)?.status ?? null
}

describe('refusalOf', () => {
  test.each<[string, Partial<RequestFacts>]>([
    ['curl on this machine', {}],
    ['a browser by name', { hosts: ['localhost:4321'] }],
    ['the address bar', { fetchSite: 'none' }],
    ['the page itself', { fetchSite: 'same-origin', origin: 'http://127.0.0.1:4321' }],
    ['a look at the head', { method: 'HEAD' }]
  ])('lets %s through', (_who, change) => {
    expect(statusOf(change)).toBeNull()
  })

  test.each<[string, Partial<RequestFacts>]>([
    ['a name that was rebound to loopback', { hosts: ['evil.test:4321'] }],
    ['another port', { hosts: ['127.0.0.1:80'] }],
    ['a name without a port', { hosts: ['localhost'] }],
    ['an address that only begins like ours', { hosts: ['127.0.0.1:4321.evil.test'] }],
    ['no Host at all', { hosts: [] }],
    ['two Host fields, one of them ours', { hosts: ['127.0.0.1:4321', 'evil.test'] }]
  ])('answers 403 to %s, which has no name of ours', (_who, change) => {
    expect(statusOf(change)).toBe(403)
  })

  test('names the methods of the address', () => {
    expect(refusalOf(FINE, AUTHORITIES, ['POST'])).toEqual({
      status: 405,
      reason: 'This address answers POST only.'
    })
    expect(refusalOf({ ...FINE, method: 'POST' }, AUTHORITIES, ['POST'])).toBeNull()
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', ''])('answers 405 to %s', (method) => {
    expect(statusOf({ method })).toBe(405)
  })

  test.each<[string, Partial<RequestFacts>]>([
    ['another site', { fetchSite: 'cross-site' }],
    ['another port of this machine', { fetchSite: 'same-site' }],
    ['an unknown relation', { fetchSite: 'same-origin, none' }],
    ['another origin', { origin: 'http://127.0.0.1:8080' }],
    ['an opaque origin', { origin: 'null' }],
    ['our own address by another scheme', { origin: 'https://127.0.0.1:4321' }]
  ])('answers 403 to %s', (_who, change) => {
    expect(statusOf(change)).toBe(403)
  })
})
