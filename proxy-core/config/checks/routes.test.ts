/** Contract: a route that can never be taken is refused; any difference in matching makes it fine. */
import { expect, test } from 'vitest'
import { problemsOf, settingsOf, summary } from '../fixtures/load.ts'

const REST = `
listeners: [{ name: web, address: "127.0.0.1:1" }, { name: other, address: "127.0.0.1:2" }]
pools: [{ name: a }, { name: b }]
`

function routes(...entries: readonly string[]): string {
  return `routes: [${entries.map((entry) => `{ ${entry} }`).join(', ')}]${REST}`
}

test.each([
  ['pool: a', 'pool: b'],
  ['pool: a', 'pool: b, path_prefix: /'],
  ['pool: a', 'pool: b, host: "*"'],
  ['host: a.test, path_prefix: /x, pool: a', 'host: A.test., path_prefix: /x/, pool: b'],
  ['methods: [GET, POST], pool: a', 'methods: [post, get], pool: b'],
  ['headers: { X-A: "1" }, pool: a', 'headers: { x-a: "1" }, pool: b'],
  ['pool: a', 'listeners: [web], pool: b'],
  ['listeners: [web, other], pool: a', 'listeners: [other], pool: b']
])('{ %s } shadows { %s }', (first, second) => {
  const problems = problemsOf(routes(first, second))
  expect(summary(problems)).toEqual(['CONFLICT routes[1]'])
  expect(problems[0]?.message).toContain('routes[0]')
})

test.each([
  ['host: a.test, pool: a', 'host: b.test, pool: b'],
  ['host: a.test, pool: a', 'host: "*.a.test", pool: b'],
  ['path_prefix: /a, pool: a', 'path_prefix: /A, pool: b'],
  ['methods: [GET], pool: a', 'methods: [GET, POST], pool: b'],
  ['headers: { x-a: "1" }, pool: a', 'headers: { x-a: "2" }, pool: b'],
  ['listeners: [web], pool: a', 'listeners: [other], pool: b'],
  ['listeners: [web], pool: a', 'pool: b'],
  ['listeners: [web], pool: a', 'listeners: [web, other], pool: b']
])('{ %s } and { %s } live side by side', (first, second) => {
  expect(settingsOf(routes(first, second)).routes).toHaveLength(2)
})
