/** Contract: a field that lets its bearer in is known by its name, however it is written. */
import { expect, test } from 'vitest'
import { isSensitiveField } from './sensitive-field.ts'

test.each([
  ...['Authorization', 'proxy-authorization', 'COOKIE', 'Set-Cookie', 'X-API-Key'],
  ...['X-Auth-Token', 'x-vault-secret', 'Ocp-Apim-Subscription-Key', 'X-Session-Id', 'apikey_key']
])('%s is sensitive', (name) => {
  expect(isSensitiveField(name)).toBe(true)
})

test.each([
  'X-Probe',
  'Accept',
  'User-Agent',
  'X-Request-Id',
  'Keep-Alive',
  'X-Monkey',
  'Key-Type'
])('%s is not', (name) => {
  expect(isSensitiveField(name)).toBe(false)
})
