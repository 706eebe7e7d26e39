/** Contract: an algorithm that goes by a key is given one, and rules that exclude each other are refused. */
import { expect, test } from 'vitest'
import { poolOf, problemsOf, summary, warningsOf } from '../fixtures/load.ts'

test.each([
  ['pools: [{ name: a, algorithm: hash }]', 'MISSING pools[0].algorithm'],
  ['pools: [{ name: a, algorithm: partition }]', 'MISSING pools[0].algorithm'],
  ['pools: [{ name: a, algorithm: partition, hash: { key: path } }]', 'MISSING pools[0].algorithm'],
  [
    'pools: [{ name: a }]\nroutes: [{ pool: a, load_balancing: { method: hash } }]',
    'MISSING routes[0].load_balancing.method'
  ],
  [
    'pools: [{ name: a, algorithm: partition, partition: { key: path, method: consistent, when_unavailable: next } }]',
    'CONFLICT pools[0].partition.when_unavailable'
  ],
  ['pools: [{ name: a, hash: { method: maglev } }]', 'MISSING pools[0].hash'],
  [
    'pools: [{ name: a, hash: { key: path, load_bound: 90% } }]',
    'OUT_OF_RANGE pools[0].hash.load_bound'
  ],
  [
    'pools: [{ name: a, partition: { key: path, count: 0 } }]',
    'OUT_OF_RANGE pools[0].partition.count'
  ]
])('%s', (text, problem) => {
  expect(summary(problemsOf(text))).toEqual([problem])
})

test('a route may ask for an algorithm whose key its pool has', () => {
  const pool = poolOf(
    'pools: [{ name: a, hash: { key: path } }]\nroutes: [{ pool: a, load_balancing: { method: hash } }]'
  )
  expect(pool.algorithm).toBe('hash')
})

const TWO = 'backends: [{ address: "a:80" }, { address: "b:80" }]'
const warnings = (pool: string): readonly string[] =>
  summary(warningsOf(`routes: [{ pool: api }]\npools: [{ name: api, ${pool} }]`))

test.each([
  [`hash: { key: path }, ${TWO}`, ['NO_EFFECT pools[0].hash']],
  [`algorithm: hash, hash: { key: path }, ${TWO}`, []],
  [
    `algorithm: hash, hash: { key: path }, partition: { key: path }, ${TWO}`,
    ['NO_EFFECT pools[0].partition']
  ],
  [
    `algorithm: partition, partition: { key: path, count: 1 }, ${TWO}`,
    ['NO_EFFECT pools[0].partition.count']
  ],
  [`algorithm: partition, partition: { key: path, count: 3 }, ${TWO}`, []],
  [
    'algorithm: partition, partition: { key: path }, backends: [{ address: "a:80", weight: 1 }, { address: "b:80" }]',
    ['NO_EFFECT pools[0].partition']
  ],
  [
    'algorithm: partition, partition: { key: path, method: consistent }, backends: [{ address: "a:80", weight: 1 }, { address: "b:80" }]',
    []
  ],
  [`algorithm: first, ${TWO}`, ['NO_EFFECT pools[0].algorithm']],
  [`algorithm: first, max_connections: 10, ${TWO}`, []],
  [
    'algorithm: first, backends: [{ address: "a:80", max_connections: 10 }, { address: "b:80" }]',
    []
  ]
])('%s', (pool, expected) => {
  expect(warnings(pool)).toEqual(expected)
})
