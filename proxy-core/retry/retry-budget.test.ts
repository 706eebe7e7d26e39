/** Contract: within any ten seconds at most ratio × requests + minPerSecond × 10 retries. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RetryBudget } from './retry-budget.ts'

function withdrawals(budget: RetryBudget, nowMs: number, wanted: number): number {
  let allowed = 0
  for (let n = 0; n < wanted; n++) if (budget.withdraw(nowMs)) allowed++
  return allowed
}

test('a quiet pool has the minimum for ten seconds', () => {
  const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 10 }, 0)
  expect(withdrawals(budget, 0, 500)).toBe(100)
})

test('requests add their share', () => {
  const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 0 }, 0)
  for (let n = 0; n < 100; n++) budget.deposit(0)
  expect(withdrawals(budget, 500, 500)).toBe(20)
  expect(budget.usage(500)).toEqual({ used: 20, allowed: 20 })
})

test('what was taken comes back after ten seconds, and what requests added goes', () => {
  const budget = new RetryBudget({ ratio: 1, minPerSecond: 1 }, 0)
  for (let n = 0; n < 5; n++) budget.deposit(0)
  expect(withdrawals(budget, 0, 100)).toBe(15)
  expect(budget.withdraw(9999)).toBe(false)
  expect(withdrawals(budget, 10_000, 100)).toBe(10)
})

test('a long pause empties it, and the seconds stay seconds', () => {
  const budget = new RetryBudget({ ratio: 1, minPerSecond: 0 }, 0)
  budget.deposit(0)
  expect(budget.withdraw(3_600_500)).toBe(false)
  budget.deposit(3_600_500)
  expect(budget.withdraw(3_600_900)).toBe(true)
})

test('nothing allows none', () => {
  const budget = new RetryBudget({ ratio: 0, minPerSecond: 0 }, 0)
  for (let n = 0; n < 100; n++) budget.deposit(0)
  expect(budget.withdraw(0)).toBe(false)
})

test('no trace of requests and retries goes beyond it', () => {
  const step = fc.record({ waitMs: fc.nat(4000), isRetry: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const budget = new RetryBudget({ ratio: 0.5, minPerSecond: 1 }, 0)
      let nowMs = 0
      const requests: number[] = []
      const retries: number[] = []
      for (const { waitMs, isRetry } of steps) {
        nowMs += waitMs
        if (isRetry && budget.withdraw(nowMs)) retries.push(nowMs)
        else if (!isRetry) {
          budget.deposit(nowMs)
          requests.push(nowMs)
        }
        const since = (times: readonly number[]): number =>
          times.filter((atMs) => atMs > nowMs - 9000).length
        const deposited = requests.filter((atMs) => atMs > nowMs - 10_000).length
        expect(since(retries)).toBeLessThanOrEqual(0.5 * deposited + 10)
      }
    })
  )
})
