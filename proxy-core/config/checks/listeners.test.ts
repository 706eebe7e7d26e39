/** Contract: addresses of one process never claim the same port of the same interface. */
import { expect, test } from 'vitest'
import { problemsOf, settingsOf, summary } from '../fixtures/load.ts'

function two(a: string, b: string): string {
  return `listeners: [{ name: a, address: "${a}" }, { name: b, address: "${b}" }]`
}

test.each([
  ['127.0.0.1:80', '127.0.0.1:80'],
  ['0.0.0.0:80', '10.0.0.1:80'],
  ['10.0.0.1:80', '0.0.0.0:80'],
  ['[::]:80', '0.0.0.0:80'],
  ['[::]:80', '[::1]:80'],
  ['localhost:80', '127.0.0.1:80']
])('%s and %s clash', (a, b) => {
  expect(summary(problemsOf(two(a, b)))).toEqual(['CONFLICT listeners[1].address'])
})

test.each([
  ['127.0.0.1:80', '127.0.0.1:81'],
  ['127.0.0.1:80', '10.0.0.1:80'],
  ['0.0.0.0:80', '[::1]:80'],
  ['127.0.0.1:0', '127.0.0.1:0']
])('%s and %s do not', (a, b) => {
  expect(settingsOf(two(a, b)).listeners).toHaveLength(2)
})

test('a listener on the default port of the admin API clashes, and is marked', () => {
  const problems = problemsOf('listeners: [{ name: a, address: "127.0.0.1:9000" }]')
  expect(summary(problems)).toEqual(['CONFLICT listeners[0].address'])
  expect(problems[0]?.message).toBe(
    'The admin API (its default) listens on 127.0.0.1:9000 already.'
  )
})

test('an admin API on the default port of listeners clashes', () => {
  expect(summary(problemsOf('admin: { address: "127.0.0.1:8080" }'))).toEqual([
    'CONFLICT admin.address'
  ])
})

test('`global.bind_address` and `listeners` together are refused', () => {
  const text =
    'global: { bind_address: "127.0.0.1:1" }\nlisteners: [{ name: a, address: "127.0.0.1:2" }]'
  expect(summary(problemsOf(text))).toEqual(['CONFLICT global.bind_address'])
})
