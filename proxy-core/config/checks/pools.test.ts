/** Contract: options of pools and backends that contradict each other are refused. */
import { expect, test } from 'vitest'
import { poolOf, problemsOf, summary } from '../fixtures/load.ts'

const METHOD = 'pools[0].algorithm'

test.each([
  ['pools: [{ name: a }]\nbackends: [{ address: "a:80" }]', ['CONFLICT backends']],
  ['routes: []\nbackends: [{ address: "a:80" }]', ['CONFLICT backends']],
  [
    'backends: [{ address: "a:80", failover: true, failover_level: 0 }]',
    ['CONFLICT backends[0].failover_level']
  ],
  [
    'backends: [{ address: "a:80", failover: false, failover_level: 1 }]',
    ['CONFLICT backends[0].failover_level']
  ],
  ['defaults: { health_check: { type: tcp, path: /x } }', ['CONFLICT defaults.health_check.path']],
  ['pools: [{ name: a, tls: { cert: c.pem } }]', ['MISSING pools[0].tls.cert']],
  [
    'pools: [{ name: a, health_check: { tls: { key: c.pem } } }]',
    ['MISSING pools[0].health_check.tls.key']
  ]
])('%s', (text, problems) => {
  expect(summary(problemsOf(text))).toEqual(problems)
})

test('a route that asks for another algorithm than its pool is a conflict', () => {
  const problems = problemsOf(
    'pools: [{ name: a, algorithm: random }]\nroutes: [{ pool: a, load_balancing: { method: failover } }]'
  )
  expect(summary(problems)).toEqual(['CONFLICT routes[0].load_balancing.method'])
  expect(problems[0]?.message).toContain(METHOD)
})

test('two routes that ask for different algorithms of one pool are a conflict', () => {
  const problems = problemsOf(
    'pools: [{ name: a }]\nroutes: [{ pool: a, host: x.test, load_balancing: { method: failover } }, { pool: a, load_balancing: { method: random } }]'
  )
  expect(summary(problems)).toEqual(['CONFLICT routes[1].load_balancing.method'])
})

test('aliases of one algorithm agree', () => {
  const pool = poolOf(
    'pools: [{ name: a, algorithm: least_conn }]\nroutes: [{ pool: a, load_balancing: { method: least_connections } }]'
  )
  expect(pool.algorithm).toBe('least_conn')
})

test('`failover: true` with a level above 0 is no contradiction', () => {
  const pool = poolOf(
    'pools: [{ name: a, backends: [{ address: "a:80", failover: true, failover_level: 3 }, { address: "b:80" }] }]'
  )
  expect(pool.backends[0]?.level).toBe(3)
})
