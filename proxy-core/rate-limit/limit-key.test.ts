/** Contract: whom a limit counts together, and that no request chooses a key of another kind. */
import { expect, test } from 'vitest'
import { limitKey, type FieldReader } from './limit-key.ts'

function keyWith(value: string | undefined, network = '192.0.2.7'): string {
  const reader: FieldReader = { field: (_, name) => (name === 'x-key' ? value : undefined) }
  return limitKey({ kind: 'header', name: 'x-key' }, network, reader, '')
}

const NO_FIELD: FieldReader = { field: () => undefined }

test('by client, and by route', () => {
  expect(limitKey({ kind: 'client_ip' }, '192.0.2.7', NO_FIELD, '')).toBe('192.0.2.7')
  expect(limitKey({ kind: 'route' }, '192.0.2.7', NO_FIELD, '')).toBe('')
})

test('by the value of a field, and by client where it is absent or empty', () => {
  expect(keyWith('alice')).toBe('=alice')
  expect(keyWith(undefined)).toBe('@192.0.2.7')
  expect(keyWith('')).toBe('@192.0.2.7')
})

test('a value that looks like another key is not that key', () => {
  expect(keyWith('@192.0.2.7')).not.toBe(keyWith(undefined))
  const long = 'a'.repeat(65)
  expect(keyWith(keyWith(long).slice(1))).not.toBe(keyWith(long))
})

test('long values are told apart and take little memory', () => {
  const one = keyWith('a'.repeat(30_000))
  expect(one).not.toBe(keyWith(`${'a'.repeat(29_999)}b`))
  expect(one.length).toBeLessThan(50)
  expect(keyWith('a'.repeat(64))).toBe(`=${'a'.repeat(64)}`)
})
