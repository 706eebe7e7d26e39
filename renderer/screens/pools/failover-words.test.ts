/** Contract: a glance at the words says where the failover stands, and for how long. */
import { expect, test } from 'vitest'
import type { FleetFailover } from '../../../proxy-core/model/engine-telemetry.ts'
import { TWO_LEVELS } from '../../testing/live-payloads.ts'
import { dueWords, isHeld, phaseWords, ruleWords } from './failover-words.ts'

function failover(given: Partial<FleetFailover> = {}): FleetFailover {
  return { ...TWO_LEVELS, ...given }
}

test('a phase, and who holds it', () => {
  expect(phaseWords(failover({ phase: 'recovering' }))).toBe('Returning')
  expect(phaseWords(failover({ phase: 'latched', latchedLevel: 1 }))).toBe('Held by an operator')
  expect(phaseWords(failover({ phase: 'switching', latchedLevel: 1 }))).toBe(
    'Switching, held on level 1'
  )
  expect(phaseWords(failover({ mode: 'spill', latchedLevel: 1 }))).toBe(
    'Normal; mode switch would hold it on level 1'
  )
  expect(isHeld(failover({ latchedLevel: 0 }))).toBe(true)
})

test('the rule by which it switches', () => {
  expect(ruleWords(failover())).toMatch(/^Immediate/)
  expect(ruleWords(failover({ mode: 'spill' }))).toMatch(/^Spill/)
})

test('what is waited for runs down, and never below nothing', () => {
  expect(dueWords(failover(), 0)).toBeNull()
  expect(dueWords(failover({ dueAtMs: 12_000 }), 0)).toMatch(/0:12 left/)
  expect(dueWords(failover({ dueAtMs: 12_000 }), 20_000)).toMatch(/0:00 left/)
})
