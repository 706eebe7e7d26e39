/** Contract: each kind of path asks for the token exactly where the table of the reference says so. */
import { expect, test } from 'vitest'
import { ADMIN_SETTINGS } from './testing/admin-under-test.ts'
import { needsToken } from './admission.ts'

const EXPOSED = { host: '10.0.0.1', port: 9443 }

test.each([
  ['public', {}, false],
  ['metrics', {}, true],
  ['metrics', { metrics: 'open' }, false],
  ['metrics', { auth: 'none' }, true],
  ['failover', {}, true],
  ['failover', { auth: 'none' }, false],
  ['failover', { auth: 'none', address: EXPOSED }, true],
  ['failover', { metrics: 'open' }, true],
  ['token', { auth: 'none', metrics: 'open' }, true]
] as const)('a path of kind %s with %j: %s', (access, settings, isNeeded) => {
  expect(needsToken(access, { ...ADMIN_SETTINGS, ...settings })).toBe(isNeeded)
})
