/**
 * Contract: the monitor rests in maintenance, probes when an operator asks, and releases everything
 * when it is suspended or stopped, whoever does so and when.
 */
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { watch } from './testing/watch.ts'

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
