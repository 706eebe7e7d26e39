/** Contract: the system's resolver knows what the hosts file knows, each address once. */
import { isIP } from 'node:net'
import { expect, test } from 'vitest'
import { systemResolver } from './resolver.ts'

test('localhost resolves to loopback addresses, each of them once', async () => {
  const addresses = await systemResolver.resolve('localhost')
  expect(addresses.length).toBeGreaterThan(0)
  expect(new Set(addresses).size).toBe(addresses.length)
  expect(addresses.every((address) => isIP(address) !== 0)).toBe(true)
  expect(addresses.every((address) => address === '::1' || address.startsWith('127.'))).toBe(true)
})

test('a name that is too long to exist rejects with a code', async () => {
  await expect(systemResolver.resolve('x'.repeat(300))).rejects.toHaveProperty('code')
})
