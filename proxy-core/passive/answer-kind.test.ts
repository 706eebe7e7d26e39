/** Contract: who failed is told apart, and what is no failure is not counted as one. */
import { expect, test } from 'vitest'
import { answerKind } from './answer-kind.ts'

test.each([
  [200, 'success'],
  [301, 'success'],
  [404, 'success'],
  [429, 'throttled'],
  [499, 'success'],
  [500, 'application_failure'],
  [501, 'success'],
  [502, 'gateway_failure'],
  [503, 'gateway_failure'],
  [504, 'gateway_failure'],
  [505, 'success'],
  [507, 'application_failure']
])('%d is %s', (status, kind) => {
  expect(answerKind(status)).toBe(kind)
})
