/**
 * Q 9 of the screens' design: an hour of ten thousand requests a second, as fast as it goes. What
 * the page keeps does not grow after its rings are full, and its stores are written at most four
 * times a second, whatever comes.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { LiveBoard } from './live-board.ts'
import { ConsoleState } from './console-state.svelte.ts'
import { aFleet, anEvent, aProbe, aRow, someNumbers } from '../testing/live-payloads.ts'
import { ManualPage, NOW_MS } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { aSample } from '../screens/traffic/testing/samples.ts'

const TICK_MS = 250
const FRAMES_PER_TICK = 15
const TICKS_PER_MINUTE = 60_000 / TICK_MS
/** Reservoir and notable requests of a quarter of a second. */
const SAMPLES_PER_TICK = 60
/** The longest ring of the page holds 60 s, the traffic list 2 000 requests. */
const SETTLED_AFTER_MINUTES = 10
const MAX_GROWTH_BYTES = 2 * 1024 * 1024

test('an hour at 10 000 requests a second', { timeout: 120_000 }, () => {
  const page = new ManualPage()
  const host = new ScriptedBackend()
  const console = new ConsoleState(host, page)
  let ends: (() => void)[] = []
  const stop = $effect.root(() => {
    ends = [console.start(), console.traffic.view()]
  })
  host.push('fleet', aFleet())
  const heap = measuredHeap()
  const watch = new WriteCount(console, page)
  let settledBytes = 0
  for (let minute = 0; minute < 60; minute++) {
    for (let at = 0; at < TICKS_PER_MINUTE; at++) {
      push(host, minute * TICKS_PER_MINUTE + at)
      watch.paintUntilTheNext()
    }
    if (minute + 1 === SETTLED_AFTER_MINUTES) settledBytes = heap()
  }
  const grownBytes = heap() - settledBytes

  expect(console.live.rates('total')?.rps).toBe(10_000)
  expect(console.traffic.list).toHaveLength(2000)
  expect(watch.boards).toBe(60 * TICKS_PER_MINUTE)
  expect(watch.lists).toBeLessThanOrEqual(60 * TICKS_PER_MINUTE + 1)
  expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES)
  for (const end of ends) end()
  stop()
})

/** How often what is shown was replaced, at sixty frames a second. */
class WriteCount {
  boards = 0
  lists = 0
  readonly #console: ConsoleState
  readonly #page: ManualPage
  #board: LiveBoard | null = null
  #list: unknown = null

  constructor(console: ConsoleState, page: ManualPage) {
    this.#console = console
    this.#page = page
  }

  paintUntilTheNext(): void {
    for (let frame = 0; frame < FRAMES_PER_TICK; frame++) {
      this.#page.paint()
      const { live, traffic } = this.#console
      if (live.board !== this.#board) this.boards++
      if (traffic.list !== this.#list) this.lists++
      this.#board = live.board
      this.#list = traffic.list
    }
    this.#page.advance(TICK_MS)
  }
}

function push(host: ScriptedBackend, tick: number): void {
  const atMs = NOW_MS + tick * TICK_MS
  host.push(
    'numbers',
    someNumbers({
      seq: tick + 1,
      atMs,
      total: aRow({ rps: 10_000, inFlight: tick % 50 }),
      probed: tick % 20 === 0 ? [aProbe('10.0.0.1:80')] : []
    })
  )
  const samples = Array.from({ length: SAMPLES_PER_TICK }, (_, at) =>
    aSample({ seq: tick * SAMPLES_PER_TICK + at + 1, atMs })
  )
  host.push('traffic', { seen: 2500, spanMs: TICK_MS, droppedNotable: 0, samples, gap: null })
  if (tick % 240 === 0) host.push('events', { events: [anEvent(tick + 1, { atMs })], gap: null })
}

/** Bytes in use once everything that nobody holds is gone. */
function measuredHeap(): () => number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  return () => {
    collect()
    return process.memoryUsage().heapUsed
  }
}
