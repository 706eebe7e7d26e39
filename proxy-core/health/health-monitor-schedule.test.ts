/**
 * Contract: the monitor probes on schedule, one probe at a time, at the address that answered; it
 * tells the backend of every probe and of every change, with reason and evidence.
 */
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { Answer } from './testing/scripted-probe.ts'
import { watch } from './testing/watch.ts'
import { CHECK } from './testing/monitored-backend.ts'

describe('the schedule', () => {
  test('waits the interval while up, the fast one while changing, the down one while down', async () => {
    const w = watch()
    w.answers('pass', 'pass', 'fail', 'pass', 'fail', 'fail', 'fail', 'fail', 'pass', 'pass')
    await w.start()
    await w.clock.advanceAsync(20_000)
    expect(w.script.starts.slice(0, 11)).toEqual([
      0, 2000, 4000, 4500, 6500, 7000, 7500, 11_500, 15_500, 16_000, 18_000
    ])
    expect(w.changes).toEqual([
      'unknown>up: the first probe passed, L7OK: 10.0.0.1: pass.',
      'up>down: 3 probes in a row failed, L7STS: 10.0.0.1: fail.',
      'down>up: 2 probes in a row passed, L7OK: 10.0.0.1: pass.'
    ])
    expect(w.events[1]).toMatchObject({ evidence: [{}, {}, {}] })
  })

  test('counts the wait from the end of a probe', async () => {
    const w = watch()
    w.script.answerMs = 300
    await w.start()
    await w.clock.advanceAsync(7000)
    expect(w.script.starts).toEqual([0, 2300, 4600, 6900])
  })

  test('spreads the second probes of backends that began together, and jitters the rest', async () => {
    const randoms = [0.75, 1, 0]
    const w = watch({ jitter: 0.1 }, { random: () => randoms.shift() ?? 0.5 })
    await w.start()
    await w.clock.advanceAsync(6600)
    expect(w.script.starts).toEqual([0, 500, 2700, 4500, 6500])
  })
})

/** inter 3s fall 3 rise 2 of seed 003: HAProxy without `timeout check` times out after inter. */
const SEED_003 = { intervalMs: 3000, fastIntervalMs: 3000, downIntervalMs: 3000, timeoutMs: 3000 }

describe('inter 3s fall 3 rise 2', () => {
  /** Milliseconds from the moment of the change to the state. */
  async function noticed(answer: Answer, changeAtMs: number): Promise<number> {
    const w = watch(SEED_003)
    w.script.answer = () => (w.clock.now() >= changeAtMs ? answer : 'pass')
    await w.start()
    await w.clock.advanceAsync(changeAtMs)
    while (w.backend.health === 'up') await w.clock.advanceAsync(100)
    return w.clock.now() - changeAtMs
  }

  test.each([
    ['killed right after a probe', 'refuse', 9001, 8999],
    ['killed right before a probe', 'refuse', 9000, 6000],
    ['frozen right after a probe', 'freeze', 9001, 17_999],
    ['frozen right before a probe', 'freeze', 9000, 15_000]
  ] as const)('%s is noticed within the span of HAProxy', async (_, answer, atMs, expected) => {
    const ms = await noticed(answer, atMs)
    expect(ms).toBeGreaterThanOrEqual(expected)
    expect(ms).toBeLessThan(expected + 200)
  })
})

describe('a result that proves nothing', () => {
  test('changes no state, is reported once while it lasts, and does not hold up the start', async () => {
    const w = watch()
    w.answers('short', 'short', 'pass', 'short')
    await w.start()
    await w.monitor.firstResult
    expect(w.backend.health).toBe('unknown')
    await w.clock.advanceAsync(500)
    expect(w.faults).toEqual([
      'The health of web:80 in pool api cannot be probed and stays unknown: 10.0.0.1: short.'
    ])
    await w.clock.advanceAsync(500)
    expect(w.backend.health).toBe('up')
    await w.clock.advanceAsync(20_000)
    expect(w.backend.health).toBe('up')
    expect(w.faults).toHaveLength(2)
    expect(w.backend.probes.at(-1)).toMatchObject({ hasPassed: false, detail: '10.0.0.1: short.' })
  })
})

describe('several addresses', () => {
  test('the one that passed is probed first, and after a failure the next one', async () => {
    const w = watch()
    w.addresses = ['a', 'b', 'c']
    w.script.answer = ({ address }) => (address === 'b' ? 'pass' : 'refuse')
    await w.start()
    await w.clock.advanceAsync(2000)
    expect(w.script.addresses).toEqual(['a', 'b', 'b'])
    w.script.answer = ({ address }) => (address === 'c' ? 'pass' : 'fail')
    await w.clock.advanceAsync(2500)
    expect(w.script.addresses).toEqual(['a', 'b', 'b', 'b', 'c'])
    expect(w.backend.health).toBe('up')
  })
})

describe('reconfigure', () => {
  test('keeps the counters and starts the wait anew with the new intervals', async () => {
    const w = watch()
    await w.start()
    w.answers('fail')
    await w.clock.advanceAsync(2000)
    w.monitor.reconfigure({ ...CHECK, fastIntervalMs: 100, unhealthyThreshold: 2 })
    await w.clock.advanceAsync(100)
    expect(w.script.starts).toEqual([0, 2000, 2100])
    expect(w.backend.health).toBe('down')
  })
})

test('a thousand backends cost one timer each and leave nothing', async () => {
  const many = Array.from({ length: 1000 }, () => watch({ jitter: 0.1 }))
  for (const w of many) w.monitor.start()
  await ManualClock.flush()
  for (const w of many) {
    await w.monitor.firstResult
    expect(w.clock.pendingCount).toBe(1)
    for (let round = 0; round < 3; round += 1) {
      w.clock.advance(2200)
      await Promise.resolve()
    }
  }
  await ManualClock.flush()
  expect(many.every((w) => w.backend.health === 'up' && w.clock.pendingCount === 1)).toBe(true)
})
