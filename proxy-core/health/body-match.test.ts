/** Contract: text and patterns are found as written, and no pattern can hold the thread. */
import { expect, test } from 'vitest'
import { matchBody, MATCHED_BYTES } from './body-match.ts'

test.each([
  ['up', 'up', 'found'],
  ['UP', 'up', 'missing'],
  ['tout va très bien', 'très', 'found'],
  ['a.b', '.', 'found'],
  ['{"status": "up"}', '/"status":\\s*"up"/', 'found'],
  ['not up', '/^up$/', 'missing'],
  ['caf\u00e9', '/^caf.$/', 'found'],
  ['a/b', '/', 'found'],
  ['ab', '//', 'missing'],
  ['', 'up', 'missing']
])('%j against %s is %s', (body, expected, result) => {
  expect(matchBody(Buffer.from(body), expected)).toBe(result)
})

test('a pattern that needs exponential time is stopped, and the next one works', () => {
  const body = Buffer.alloc(MATCHED_BYTES, 'a')
  expect(matchBody(body, '/^(a+)+$b/')).toBe('too_slow')
  expect(matchBody(body, '/^a+$/')).toBe('found')
})

test('a pattern that does not compile throws', () => {
  expect(() => matchBody(Buffer.from('x'), '/(/')).toThrow(SyntaxError)
})
