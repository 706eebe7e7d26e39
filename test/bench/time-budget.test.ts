/** Contract: repeats of disturbed measurements never take a run past its limit. */
import { expect, it } from 'vitest'
import { TimeBudget } from './time-budget.ts'

it('allows repeats until the time set aside for them is spent', () => {
  const budget = new TimeBudget(100, 10, () => 0)
  expect([budget.mayRepeat(4), budget.mayRepeat(4), budget.mayRepeat(4)]).toEqual([
    true,
    true,
    false
  ])
  expect(budget.repeats).toBe(2)
})

it('allows no repeat that would end after the limit', () => {
  let nowMs = 0
  const budget = new TimeBudget(100, 50, () => nowMs)
  nowMs = 97_000
  expect(budget.remainingSeconds).toBe(3)
  expect(budget.mayRepeat(4)).toBe(false)
})
