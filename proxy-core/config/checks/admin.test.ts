/** Contract: the admin API leaves loopback only with TLS, a token and named hosts. */
import { expect, test } from 'vitest'
import { problemsOf, settingsOf, summary } from '../fixtures/load.ts'

const TLS = 'tls: { cert: a.pem, key: a.key }'
const HOSTS = 'allowed_hosts: [lb.test]'

test.each([
  ['address: "0.0.0.0:9000"', ['UNSAFE_ADMIN admin.address']],
  [`address: "0.0.0.0:9000", ${TLS}`, ['UNSAFE_ADMIN admin.address']],
  [`address: "[::]:9000", ${HOSTS}`, ['UNSAFE_ADMIN admin.address']],
  [`address: "lb.test:9000", ${TLS}, allowed_hosts: []`, ['UNSAFE_ADMIN admin.address']],
  [`address: "10.0.0.1:9000", ${TLS}, ${HOSTS}, auth: none`, ['UNSAFE_ADMIN admin.auth']]
])('admin: { %s } is refused', (written, problems) => {
  expect(summary(problemsOf(`admin: { ${written} }`))).toEqual(problems)
})

test.each([
  'address: "127.0.0.1:9000"',
  'address: "127.8.8.8:9000", auth: none',
  'address: "[::1]:9000"',
  'address: "localhost:9000"',
  `address: "0.0.0.0:9000", ${TLS}, ${HOSTS}`
])('admin: { %s } loads', (written) => {
  expect(settingsOf(`admin: { ${written} }`).admin.address.port).toBe(9000)
})

test('the message names what is missing', () => {
  expect(problemsOf('admin: { address: "0.0.0.0:9000" }')[0]?.message).toContain(
    '`tls` and `allowed_hosts`'
  )
})
