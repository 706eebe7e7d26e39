/** Contract: an id from a trusted proxy is kept if it cannot harm a log, else a new one is made. */
import { expect, test } from 'vitest'
import { newRequestId } from './request-id.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test.each(['7f3a', 'A.b_c-9', 'x'.repeat(128)])('keeps %s', (id) => {
  expect(newRequestId(id)).toBe(id)
})

test.each([undefined, '', 'a b', 'a"b', 'a\r\nb', 'a\tb', 'ä', 'x'.repeat(129), '{}'])(
  'replaces %j',
  (id) => expect(newRequestId(id)).toMatch(UUID)
)

test('no two are the same', () => {
  const ids = new Set(Array.from({ length: 1000 }, () => newRequestId(undefined)))
  expect(ids.size).toBe(1000)
})
