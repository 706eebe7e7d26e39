/** Contract: names and addresses that must differ are refused at the second one. */
import { expect, test } from 'vitest'
import { problemsOf, settingsOf, summary } from '../fixtures/load.ts'

test.each([
  ['pools: [{ name: a }, { name: b }, { name: a }]', 'DUPLICATE pools[2].name'],
  [
    'listeners: [{ name: a, address: "127.0.0.1:1" }, { name: a, address: "127.0.0.1:2" }]',
    'DUPLICATE listeners[1].name'
  ],
  [
    'routes: [{ name: r, pool: a }, { name: r, pool: a, host: b.test }]\npools: [{ name: a }]',
    'DUPLICATE routes[1].name'
  ],
  ['backends: [{ address: "a:80" }, { address: "A:80" }]', 'DUPLICATE backends[1].address'],
  [
    'pools: [{ name: a, backends: [{ address: "[::1]:80" }, { address: "[::1]:80" }] }]',
    'DUPLICATE pools[0].backends[1].address'
  ],
  [
    'routes: [{ pool: a, headers: { x-a: "1", X-A: "2" } }]\npools: [{ name: a }]',
    'DUPLICATE routes[0].headers.X-A'
  ],
  [
    'defaults: { health_check: { headers: { a: "1", A: "2" } } }',
    'DUPLICATE defaults.health_check.headers.A'
  ]
])('%s', (text, problem) => {
  expect(summary(problemsOf(text))).toEqual([problem])
})

test('two pools may share a backend, and a host may have two ports', () => {
  const text =
    'pools: [{ name: a, backends: [{ address: "x:80" }, { address: "x:81" }] }, { name: b, backends: [{ address: "x:80" }] }]'
  expect(settingsOf(text).pools).toHaveLength(2)
})

test('the message says where the first one is', () => {
  expect(problemsOf('pools: [{ name: a }, { name: a }]')[0]?.message).toBe(
    'Another pool has the name "a" already (pools[0].name).'
  )
})
