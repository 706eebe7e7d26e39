/** Contract: what a fallback cannot answer is refused at the key to mend. */
import { expect, test } from 'vitest'
import { poolOf, problemsOf, summary } from '../fixtures/load.ts'

const withFallback = (fallback: string): string => `pools: [{ name: a, fallback: { ${fallback} } }]`

test.each([204, 205, 304])('a body beside status %i', (status) => {
  const problems = problemsOf(withFallback(`status: ${status}, body: later`))
  expect(summary(problems)).toEqual(['CONFLICT pools[0].fallback.body'])
  expect(problems[0]).toMatchObject({
    message: `An answer of status ${status} has no body.`,
    hint: 'Take `body` out, or choose another `status`.'
  })
})

test('a body beside another status, or none, and such a status without a body are fine', () => {
  expect(poolOf(withFallback('status: 200, body: later')).fallback).toMatchObject({ status: 200 })
  expect(poolOf(withFallback('body: later')).fallback).toMatchObject({ status: 503 })
  expect(poolOf(withFallback('status: 204')).fallback).toMatchObject({ status: 204, body: null })
})

test('an answer beside a pool', () => {
  const problems = problemsOf(withFallback('pool: a, status: 200'))
  expect(summary(problems)).toContain('CONFLICT pools[0].fallback.status')
})
