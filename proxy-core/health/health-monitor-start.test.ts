/**
 * Contract: the monitor probes at once, and what its first probes say decides the state that a
 * backend begins with, at once or over a slow start.
 */
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { HealthMonitor } from './health-monitor.ts'
import { watch } from './testing/watch.ts'

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
