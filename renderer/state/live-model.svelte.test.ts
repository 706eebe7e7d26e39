/**
 * The live model: frames of two topics become one consistent board, text changes at most twice a
 * second, a pause stands while collecting goes on, and silence shows within 1.5 s.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  A_HOLD,
  aBackend,
  aFleet,
  anEngine,
  API_POOL,
  aPool,
  aProbe,
  aRow,
  someNumbers,
  someWaiting
} from '../testing/live-payloads.ts'
import { ManualPage, NOW_MS } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { LiveModel } from './live-model.svelte.ts'
import { SPARK_POINTS } from './spark-history.ts'
import { ViewPause } from './view-pause.svelte.ts'
import { WallClock } from './wall-clock.svelte.ts'

let page: ManualPage
let backend: ScriptedBackend
let pause: ViewPause
let viewAtMs: number | null
let onOtherEngine: ReturnType<typeof vi.fn<() => void>>
let live: LiveModel

beforeEach(() => {
  page = new ManualPage()
  backend = new ScriptedBackend()
  pause = new ViewPause()
  viewAtMs = null
  onOtherEngine = vi.fn<() => void>()
  const clock = new WallClock(page)
  live = new LiveModel({ backend, page, clock, pause, viewAtMs: () => viewAtMs, onOtherEngine })
  live.follow()
})

/** One tick of the engine and the paint after it. */
function tick(rps: number, afterMs = 250): void {
  page.advance(afterMs)
  const numbers = someNumbers({ atMs: page.nowMs, total: aRow({ rps }) })
  backend.push('numbers', numbers)
  page.paint()
}

describe('LiveModel', () => {
  test('shows nothing before the first frame', () => {
    expect(live.fleet).toBeNull()
    expect(live.rates('total')).toBeNull()
    expect(live.liveness).toMatchObject({ word: 'IDLE', ageMs: null })
  })

  test('collects the frames of both topics into one paint', () => {
    backend.push('fleet', aFleet())
    backend.push('numbers', someNumbers())
    backend.push('numbers', someNumbers({ seq: 2, total: aRow({ rps: 44 }) }))
    expect(live.fleet).toBeNull()
    expect(page.frameCount).toBe(1)
    page.paint()
    expect(live.fleet?.revision).toBe(1)
    expect(live.currentRates('total')?.rps).toBe(44)
    expect(page.frameCount).toBe(0)
  })

  test('finds the row of everything by its name', () => {
    backend.push('fleet', aFleet())
    backend.push('numbers', someNumbers())
    page.paint()
    expect(live.rates('listener', 'web')?.rps).toBe(30)
    expect(live.rates('pool', 'api')?.rps).toBe(30)
    expect(live.rates('backend', 'api', '10.0.0.2:80')?.rps).toBe(20)
    expect(live.rates('backend', 'api', '10.9.9.9:80')).toBeNull()
    expect(live.rates('pool', 'absent')).toBeNull()
  })

  test('never reads a row of one order with the names of another', () => {
    backend.push('fleet', aFleet())
    backend.push('numbers', someNumbers())
    page.paint()
    const [first, second] = API_POOL.backends
    const turned = aFleet({ revision: 2, pools: [aPool('api', [second!, first!])] })
    backend.push('fleet', turned)
    page.paint()
    expect(live.fleet?.revision).toBe(2)
    expect(live.rates('backend', 'api', '10.0.0.1:80')?.rps).toBe(10)

    backend.push('numbers', someNumbers({ seq: 2, revision: 2 }))
    page.advance(500)
    page.paint()
    expect(live.currentRates('backend', 'api', '10.0.0.1:80')?.rps).toBe(20)
  })

  test('changes text at most twice a second and drawings four times', () => {
    backend.push('fleet', aFleet())
    const text: number[] = []
    const drawn: number[] = []
    for (let at = 1; at <= 8; at++) {
      tick(at)
      text.push(live.rates('total')!.rps)
      drawn.push(live.currentRates('total')!.rps)
    }
    expect(drawn).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(text).toEqual([1, 1, 3, 3, 5, 5, 7, 7])
  })

  test('keeps sixty seconds of requests per second and leaves a gap where ticks are missing', () => {
    backend.push('fleet', aFleet())
    tick(5)
    tick(6)
    tick(7, 750)
    const history = live.history()
    expect(history).toHaveLength(SPARK_POINTS)
    expect([...history.slice(-5)]).toEqual([5, 6, Number.NaN, Number.NaN, 7])
    expect(live.history('api', '10.0.0.2:80').at(-1)).toBe(20)
    expect(live.history('api').at(-1)).toBe(30)
    expect(Number.isNaN(live.history('absent').at(-1))).toBe(true)
  })

  test('has who waits in a pool, where somebody may', () => {
    const pools = [{ ...API_POOL, hold: A_HOLD }, aPool('web', [])]
    const waiting = someWaiting()
    backend.push('fleet', aFleet({ pools }))
    const rows = [
      { row: aRow(), hold: waiting, backends: API_POOL.backends.map(() => aRow()) },
      { row: aRow(), hold: null, backends: [] }
    ]
    backend.push('numbers', someNumbers({ atMs: page.nowMs + 250, pools: rows }))
    page.paint()
    expect(live.hold('api')).toEqual(waiting)
    expect([live.hold('web'), live.hold('none')]).toEqual([null, null])
  })

  test('drops the curve of a backend that is no longer there', () => {
    backend.push('fleet', aFleet())
    tick(5)
    const fleet = aFleet({ revision: 2, pools: [aPool('api', [aBackend('10.0.0.1:80')])] })
    backend.push('fleet', fleet)
    const pools = [{ row: aRow(), hold: null, backends: [aRow()] }]
    backend.push('numbers', someNumbers({ revision: 2, atMs: page.nowMs + 250, pools }))
    expect(Number.isNaN(live.history('api', '10.0.0.2:80').at(-1))).toBe(true)
    expect(live.history('api', '10.0.0.1:80').at(-1)).toBe(0)
  })

  test('knows the newest probes, from the fleet and from the ticks', () => {
    backend.push('fleet', aFleet({ probes: [aProbe('10.0.0.1:80')] }))
    expect(live.probes('api', '10.0.0.1:80')?.streak).toEqual([true])
    expect(live.probes('api', '10.0.0.2:80')).toBeNull()
    backend.push(
      'numbers',
      someNumbers({ probed: [aProbe('10.0.0.1:80', { streak: [true, false] })] })
    )
    expect(live.probes('api', '10.0.0.1:80')?.streak).toEqual([true, false])
    backend.push('fleet', aFleet({ revision: 2, pools: [] }))
    expect(live.probes('api', '10.0.0.1:80')).toBeNull()
  })

  test('is live with ticks, stale 1.5 s after the last one, and live again without a reload', () => {
    backend.push('fleet', aFleet())
    tick(5)
    expect(live.liveness).toMatchObject({ word: 'LIVE', ageMs: 0 })
    expect(live.isStale).toBe(false)
    page.advance(1000)
    expect(live.liveness.word).toBe('LIVE')
    page.advance(500)
    expect(live.liveness).toMatchObject({ word: 'STALE', ageMs: 1500 })
    expect(live.isStale).toBe(true)
    tick(6)
    expect(live.liveness.word).toBe('LIVE')
  })

  test('lets since-clocks stand while the data is stale', () => {
    backend.push('fleet', aFleet())
    tick(5)
    const heardAtMs = page.nowMs
    page.advance(9000)
    expect(live.nowMs).toBe(heardAtMs)
  })

  test('stands while paused, goes on collecting, and shows the newest afterwards', () => {
    backend.push('fleet', aFleet())
    tick(1)
    pause.pause(page.nowMs)
    const pausedAtMs = page.nowMs
    tick(2)
    tick(3)
    expect(live.currentRates('total')?.rps).toBe(1)
    expect(live.liveness).toMatchObject({ word: 'PAUSED', ageMs: 500 })
    expect(live.nowMs).toBe(pausedAtMs)
    pause.resume()
    live.catchUp()
    page.paint()
    expect(live.currentRates('total')?.rps).toBe(3)
    expect(live.rates('total')?.rps).toBe(3)
    expect([...live.history().slice(-3)]).toEqual([1, 2, 3])
  })

  test('does not hide a dead engine behind a pause', () => {
    backend.push('fleet', aFleet())
    tick(1)
    pause.pause(page.nowMs)
    const engine = anEngine({ phase: 'restarting', pid: null, reason: 'It was killed.' })
    backend.push('fleet', aFleet({ engine }))
    expect(live.liveness).toMatchObject({ word: 'CORE STOPPED', reason: 'It was killed.' })
  })

  test('looks at a moment of the past where the address names one', () => {
    viewAtMs = NOW_MS - 60_000
    expect(live.viewAtMs).toBe(NOW_MS - 60_000)
    expect(live.nowMs).toBe(NOW_MS - 60_000)
  })

  test('tells that another engine process runs, once for each', () => {
    backend.push('fleet', aFleet())
    backend.push('fleet', aFleet({ engine: anEngine({ pid: null, phase: 'restarting' }) }))
    expect(onOtherEngine).not.toHaveBeenCalled()
    backend.push('fleet', aFleet({ engine: anEngine({ pid: 101 }) }))
    expect(onOtherEngine).toHaveBeenCalledTimes(1)
  })

  test('is live again with the first numbers of another engine, not with the last of the one before', () => {
    backend.push('fleet', aFleet())
    tick(1)
    page.advance(400)
    backend.push('fleet', aFleet({ engine: anEngine({ pid: 101 }) }))
    expect(live.liveness).toMatchObject({ word: 'IDLE', ageMs: null })
    tick(2)
    expect(live.liveness).toMatchObject({ word: 'LIVE', ageMs: 0 })
  })

  test('leaves no frame, timer or subscription behind when it stops following', () => {
    backend.push('fleet', aFleet())
    backend.push('numbers', someNumbers())
    live.unfollow()
    expect(page.frameCount).toBe(0)
    expect(page.timerCount).toBe(0)
    expect(backend.topics).toEqual([])
  })

  test('starts no frame when nothing comes', () => {
    backend.push('fleet', aFleet())
    page.paint()
    page.advance(10_000)
    expect(page.frameCount).toBe(0)
  })
})
