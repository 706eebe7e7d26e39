/**
 * Contract: the monitor probes at once and then on schedule, one probe at a time; it tells
 * the backend of every probe and of every change, with reason and evidence; and it releases
 * everything when it is suspended or stopped.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { HealthMonitor } from './health-monitor.ts'
import { CHECK, MonitoredBackend } from './testing/monitored-backend.ts'
import type { Answer } from './testing/scripted-probe.ts'

const watches: MonitoredBackend[] = []

function watch(...args: ConstructorParameters<typeof MonitoredBackend>): MonitoredBackend {
  const created = new MonitoredBackend(...args)
  watches.push(created)
  return created
}

afterEach(async () => {
  for (const { monitor, clock, script } of watches.splice(0)) {
    monitor.stop()
    await ManualClock.flush()
    expect(clock.pendingCount).toBe(0)
    expect(script.running).toBe(0)
    expect(script.mostRunning).toBeLessThanOrEqual(1)
  }
})

describe('at the start', () => {
  test('the first probe begins at once and its pass decides', async () => {
    const w = watch()
    w.monitor.start()
    expect(w.script.starts).toEqual([0])
    await w.monitor.firstResult
    expect(w.backend.health).toBe('up')
    expect(w.changes).toEqual(['unknown>up: the first probe passed, L7OK: 10.0.0.1: pass.'])
  })

  test('one failure decides as well, with that probe as evidence', async () => {
    const w = watch()
    w.answers('fail')
    await w.start()
    expect(w.changes).toEqual(['unknown>down: the first probe failed, L7STS: 10.0.0.1: fail.'])
    expect(w.events[0]).toMatchObject({ evidence: [{ code: 'L7STS' }] })
  })

  test('firstResult waits for the timeout of a frozen backend and not longer', async () => {
    const w = watch()
    w.answers('freeze')
    let isSettled = false
    void w.monitor.firstResult.then(() => (isSettled = true))
    await w.start()
    await w.clock.advanceAsync(999)
    expect(isSettled).toBe(false)
    await w.clock.advanceAsync(1)
    expect(isSettled).toBe(true)
    expect(w.backend.health).toBe('down')
  })

  test('a name is probed as soon as it has resolved and not before', async () => {
    const { promise: firstResolution, resolve } = Promise.withResolvers<undefined>()
    const w = watch({}, { firstResolution })
    w.addresses = []
    await w.start()
    expect(w.backend.probes).toEqual([])
    w.addresses = ['10.0.0.7']
    resolve(undefined)
    await w.monitor.firstResult
    expect(w.script.addresses).toEqual(['10.0.0.7'])
    expect(w.backend.health).toBe('up')
  })

  test('maintenance while the name resolves does not lead to two probes', async () => {
    const { promise: firstResolution, resolve } = Promise.withResolvers<undefined>()
    const w = watch({}, { firstResolution })
    w.addresses = []
    w.script.answerMs = 100
    await w.start()
    w.monitor.suspend()
    w.monitor.resume()
    w.addresses = ['10.0.0.7']
    resolve(undefined)
    await w.clock.advanceAsync(50)
    expect(w.script.starts).toHaveLength(1)
  })

  test('a name that did not resolve is a failed probe with the code DNS', async () => {
    const w = watch()
    w.addresses = []
    await w.start()
    expect(w.backend.probes).toMatchObject([{ code: 'DNS', hasPassed: false }])
    expect(w.backend.health).toBe('down')
    w.addresses = ['10.0.0.7']
    await w.clock.advanceAsync(4500)
    expect(w.backend.health).toBe('up')
  })

  test('a backend without a health check cannot be watched', () => {
    const { backend, clock } = watch()
    backend.configure({ ...backend.settings, healthCheck: null })
    expect(
      () =>
        new HealthMonitor(backend, {
          clock,
          random: Math.random,
          addresses: () => [],
          firstResolution: Promise.resolve(),
          initial: 'needs_pass',
          reportFault: () => undefined
        })
    ).toThrow('web:80 has no health check to run.')
  })
})

describe('where a pass is needed first', () => {
  test('one pass is enough', async () => {
    const w = watch({}, { initial: 'needs_pass' })
    await w.start()
    expect(w.backend.health).toBe('up')
  })

  test('failures leave it unknown, with the reason, until there are enough for down', async () => {
    const w = watch({}, { initial: 'needs_pass' })
    w.answers('fail')
    await w.start()
    expect([w.backend.health, w.monitor.fraction]).toEqual(['unknown', 'UNKNOWN 2/3'])
    expect(w.backend.healthReason).toBe('no probe has passed yet: 10.0.0.1: fail.')
    await w.clock.advanceAsync(1000)
    expect(w.script.starts).toEqual([0, 500, 1000])
    expect(w.changes).toEqual(['unknown>down: 3 probes in a row failed, L7STS: 10.0.0.1: fail.'])
  })
})

/** Rows of the table "Slow start" in docs/reference/health.md. */
describe('slow start', () => {
  function slow(initial: 'first_result_decides' | 'needs_pass'): ReturnType<typeof watch> {
    const w = watch({}, { initial })
    w.backend.configure({ ...w.backend.settings, slowStartMs: 30_000 })
    return w
  }

  test('does not follow the first pass of the start phase', async () => {
    const w = slow('first_result_decides')
    await w.start()
    expect(w.backend.health).toBe('up')
  })

  test('follows the pass that a backend of a reload, or back from maintenance, needs', async () => {
    const w = slow('needs_pass')
    await w.start()
    expect(w.changes).toEqual([
      'unknown>slow_start: the first probe passed, L7OK: 10.0.0.1: pass; its share grows for 30s'
    ])
    w.monitor.suspend()
    w.monitor.resume()
    await ManualClock.flush()
    expect(w.backend.health).toBe('slow_start')
  })

  test('follows a return from down, and failures end it as they end up', async () => {
    const w = slow('first_result_decides')
    w.answers('fail', 'pass')
    await w.start()
    expect(w.backend.health).toBe('down')
    while (w.backend.health === 'down') await w.clock.advanceAsync(100)
    expect(w.backend.health).toBe('slow_start')
    w.answers('fail')
    while (w.backend.health === 'slow_start') await w.clock.advanceAsync(100)
    expect(w.backend.health).toBe('down')
    expect(w.changes.map((change) => change.split(':')[0])).toEqual([
      'unknown>down',
      'down>slow_start',
      'slow_start>down'
    ])
  })
})

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

describe('maintenance', () => {
  test('stops the probes, ends the one under way unheard, and keeps the state', async () => {
    const w = watch()
    await w.start()
    w.answers('freeze')
    await w.clock.advanceAsync(2500)
    expect(w.script.running).toBe(1)
    w.monitor.suspend()
    await w.clock.advanceAsync(60_000)
    expect(w.script.starts).toHaveLength(2)
    expect(w.backend.probes).toHaveLength(1)
    expect(w.backend.health).toBe('up')
  })

  test('ends with an unknown state that one pass makes up', async () => {
    const w = watch()
    w.answers('fail')
    await w.start()
    w.monitor.suspend()
    w.script.answerMs = 50
    w.answers('pass')
    w.monitor.resume()
    expect(w.backend.health).toBe('unknown')
    await w.clock.advanceAsync(50)
    expect(w.backend.health).toBe('up')
  })

  test('before the start means no probe, and nobody waits for one', async () => {
    const w = watch()
    w.monitor.suspend()
    await w.start()
    await w.monitor.firstResult
    expect(w.script.starts).toEqual([])
    w.monitor.resume()
    await ManualClock.flush()
    expect(w.backend.health).toBe('up')
  })

  test('an operator may still probe; the result is evidence and decides nothing', async () => {
    const w = watch()
    await w.start()
    w.monitor.suspend()
    w.answers('fail')
    expect(await w.monitor.probeNow()).toMatchObject({ hasPassed: false })
    expect(w.backend.probes).toHaveLength(2)
    expect(w.backend.health).toBe('up')
    await w.clock.advanceAsync(10_000)
    expect(w.script.starts).toHaveLength(2)
  })

  test('resume without suspend changes nothing', async () => {
    const w = watch()
    await w.start()
    w.monitor.resume()
    expect(w.backend.health).toBe('up')
    expect(w.script.starts).toHaveLength(1)
  })
})

describe('probeNow', () => {
  test('probes at once, counts, and the next wait begins at its end', async () => {
    const w = watch()
    await w.start()
    await w.clock.advanceAsync(1500)
    w.answers('fail')
    expect(await w.monitor.probeNow()).toMatchObject({ code: 'L7STS' })
    expect(w.monitor.fraction).toBe('UP 2/3')
    await w.clock.advanceAsync(500)
    expect(w.script.starts).toEqual([0, 1500, 2000])
  })

  test('joins the probe that is under way', async () => {
    const w = watch()
    w.script.answerMs = 100
    await w.start()
    const [one, two] = [w.monitor.probeNow(), w.monitor.probeNow()]
    await w.clock.advanceAsync(100)
    expect(await one).toBe(await two)
    expect(w.script.starts).toHaveLength(1)
  })

  test('rejects after stop', async () => {
    const w = watch()
    w.monitor.stop()
    await expect(w.monitor.probeNow()).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})

describe('stop', () => {
  test('ends the probe under way, settles firstResult, and nothing happens after it', async () => {
    const w = watch()
    w.answers('freeze')
    await w.start()
    w.monitor.stop()
    await w.monitor.firstResult
    w.monitor.start()
    w.monitor.resume()
    w.monitor.suspend()
    await w.clock.advanceAsync(10_000)
    expect(w.script.starts).toHaveLength(1)
    expect([w.events, w.backend.probes]).toEqual([[], []])
  })

  test('by a listener of the very change that a probe caused leaves no timer', async () => {
    const w = watch()
    w.changed = () => w.monitor.stop()
    await w.start()
    expect(w.backend.health).toBe('up')
    expect(w.clock.pendingCount).toBe(0)
  })
})

describe('a listener', () => {
  test('that fails is reported and the backend is watched all the same', async () => {
    const w = watch()
    w.changed = () => {
      throw new Error('listener bug')
    }
    await w.start()
    await w.clock.advanceAsync(2000)
    expect(w.faults).toEqual(['A change of web:80 failed: listener bug.'])
    expect(w.script.starts).toEqual([0, 2000])
  })

  test('that suspends and resumes does not make two probes overlap', async () => {
    const w = watch()
    w.script.answerMs = 700
    w.changed = () => {
      w.changed = () => undefined
      w.monitor.suspend()
      w.monitor.resume()
    }
    await w.start()
    await w.clock.advanceAsync(10_000)
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
