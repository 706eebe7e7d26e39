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
  expect(phaseWords(failover({ latchedLevel: 1 }), 'its failover is switched off')).toBe(
    'Normal; not held on level 1: its failover is switched off'
  )
  expect(isHeld(failover({ latchedLevel: 0 }))).toBe(true)
})

test('a wait says for which level, and that its delay is over when it is', () => {
  const pending = failover({ phase: 'pending', level: 1 })
  expect(phaseWords({ ...pending, dueAtMs: 1 })).toBe('Waiting before it switches')
  expect(phaseWords({ ...pending, isWaiting: true, dueAtMs: 1 })).toBe('Requests wait for level 1')
  expect(phaseWords(pending)).toBe('Waiting for a level that can take over')
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
