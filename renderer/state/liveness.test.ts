/** The word of freshness, as a table: the worst fact wins, and only a reconnection counts tries. */
import { describe, expect, test } from 'vitest'
import { anEngine } from '../testing/live-payloads.ts'
import { livenessOf, type LivenessFacts } from './liveness.ts'

const NORMAL: LivenessFacts = {
  connection: { kind: 'open' },
  engine: anEngine(),
  pausedSinceMs: null,
  heardAtMs: 10_000,
  nowMs: 10_300
}

const LOST = { kind: 'reconnecting', attempt: 2, reason: 'The host has gone.' } as const
const CLOSED = { kind: 'closed', cause: 'gone', reason: 'The host has gone.' } as const

const TABLE: readonly (readonly [string, Partial<LivenessFacts>, string])[] = [
  ['ticks arrive', {}, 'LIVE'],
  ['exactly a second has passed', { nowMs: 11_000 }, 'LIVE'],
  ['more than a second has passed', { nowMs: 11_001 }, 'STALE'],
  ['the host says that the engine is silent', { engine: anEngine({ phase: 'silent' }) }, 'STALE'],
  ['the operator paused', { pausedSinceMs: 9000 }, 'PAUSED'],
  [
    'the operator paused, then the engine fell silent',
    { pausedSinceMs: 9000, nowMs: 12_000 },
    'STALE'
  ],
  ['the engine could not be started', { engine: anEngine({ phase: 'stopped' }) }, 'CORE STOPPED'],
  ['the engine is started again', { engine: anEngine({ phase: 'restarting' }) }, 'CORE STOPPED'],
  ['the engine starts', { engine: anEngine({ phase: 'starting' }) }, 'IDLE'],
  ['nothing is open', { engine: anEngine({ phase: 'none' }) }, 'IDLE'],
  ['another engine runs and has not reported', { heardAtMs: null }, 'IDLE'],
  ['nothing came yet', { engine: null, heardAtMs: null }, 'IDLE'],
  ['the connection is lost', { connection: LOST, pausedSinceMs: 9000 }, 'RECONNECTING'],
  ['the connection is closed for good', { connection: CLOSED }, 'RECONNECTING']
]

describe('livenessOf', () => {
  test.each(TABLE)('when %s: %s is %s', (_when, facts, word) => {
    expect(livenessOf({ ...NORMAL, ...facts }).word).toBe(word)
  })

  test('tells the age of the newest data, of a pause the time since it began', () => {
    expect(livenessOf(NORMAL).ageMs).toBe(300)
    expect(livenessOf({ ...NORMAL, pausedSinceMs: 9000 }).ageMs).toBe(1300)
    expect(livenessOf({ ...NORMAL, heardAtMs: null }).ageMs).toBeNull()
  })

  test('counts the tries of a reconnection and gives its reason', () => {
    expect(livenessOf({ ...NORMAL, connection: LOST })).toMatchObject({
      attempt: 2,
      reason: 'The host has gone.'
    })
    expect(livenessOf(NORMAL).attempt).toBe(0)
  })
})
