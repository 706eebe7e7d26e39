/** Ten minutes of ten thousand requests a second with the console on Live: the page keeps its size. */
import { expect, test } from 'vitest'
import { requires } from '../setup/requirements.ts'
import { LoadedConsole, RATE_RPS } from '../scenario/console-load.ts'

const MINUTES = 10
/** The rings of a minute and of two hours are still filling in the first of them. */
const SETTLING_MINUTES = 2
const MAX_GROWTH_BYTES = 4 * 1024 * 1024
const MAX_HEAP_BYTES = 150 * 1024 * 1024
const MAX_WRITES_PER_SECOND = 4

requires('nginx', 'chromium-headless-shell')('the console over ten minutes of load', () => {
  test('the heap is bounded, and the history is written at most four times a second', async () => {
    const loaded = await LoadedConsole.start()
    const writes = await loaded.storeWrites()
    const heaps: number[] = []
    for (let minute = 0; minute < MINUTES; minute++) {
      expect(await loaded.answeredRps(60)).toBeGreaterThan(RATE_RPS * 0.9)
      heaps.push(await loaded.heapBytes())
    }
    const writesAfter = await loaded.storeWrites()

    const settled = heaps.slice(SETTLING_MINUTES)
    expect(Math.max(...heaps)).toBeLessThan(MAX_HEAP_BYTES)
    expect(settled.at(-1)! - settled[0]!).toBeLessThan(MAX_GROWTH_BYTES)
    const seconds = (writesAfter.atMs - writes.atMs) / 1000
    expect((writesAfter.count - writes.count) / seconds).toBeLessThanOrEqual(MAX_WRITES_PER_SECOND)
  })
})
