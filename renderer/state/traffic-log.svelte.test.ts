/** The traffic log: bounded, standing while paused, and honest about how much it shows. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { TopicPayload } from '../../preload/contract/topics.ts'
import type { TrafficSample } from '../../proxy-core/model/traffic-sample.ts'
import { aSample } from '../screens/traffic/testing/samples.ts'
import { ManualPage } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { MAX_SAMPLES, TrafficLog } from './traffic-log.svelte.ts'
import { ViewPause } from './view-pause.svelte.ts'

let page: ManualPage
let backend: ScriptedBackend
let pause: ViewPause
let log: TrafficLog

beforeEach(() => {
  page = new ManualPage()
  backend = new ScriptedBackend()
  pause = new ViewPause()
  log = new TrafficLog(backend, page, pause)
  log.follow()
  log.view()
})

const samples = (from: number, count: number): TrafficSample[] =>
  Array.from({ length: count }, (_, index) => aSample({ seq: from + index }))

function push(from: number, count: number, given: Partial<TopicPayload<'traffic'>> = {}): void {
  const batch = {
    seen: count,
    spanMs: 250,
    droppedNotable: 0,
    samples: samples(from, count),
    gap: null
  }
  backend.push('traffic', { ...batch, ...given })
}

const seqs = (): readonly number[] => log.list.map(({ seq }) => seq)

describe('TrafficLog', () => {
  test('shows what came with the next paint, oldest first, each once', () => {
    push(1, 2)
    push(2, 2)
    expect(seqs()).toEqual([])
    page.paint()
    expect(seqs()).toEqual([1, 2, 3])
    expect(log.find(3)?.seq).toBe(3)
    expect(log.find(4)).toBeNull()
  })

  test('keeps no more than two thousand', () => {
    for (let from = 1; from <= 2401; from += 300) push(from, 300)
    page.paint()
    expect(log.list).toHaveLength(MAX_SAMPLES)
    expect(log.list.at(-1)?.seq).toBe(2700)
  })

  test('stands while paused, counts what is newer, and catches up', () => {
    push(1, 1)
    page.paint()
    pause.pause(page.nowMs)
    push(2, 3)
    page.paint()
    expect(seqs()).toEqual([1])
    expect(log.newer).toBe(3)
    pause.resume()
    log.catchUp()
    page.paint()
    expect(seqs()).toEqual([1, 2, 3, 4])
    expect(log.newer).toBe(0)
  })

  test('tells per second how many are shown and how many there were', () => {
    push(1, 10, { seen: 300, spanMs: 500, droppedNotable: 2 })
    push(11, 15, { seen: 302, spanMs: 500 })
    page.paint()
    expect(log.ratio).toEqual({ shownRps: 25, seenRps: 602, droppedNotable: 2 })
    page.advance(5000)
    push(26, 1, { seen: 10, spanMs: 1000 })
    page.paint()
    expect(log.ratio).toEqual({ shownRps: 1, seenRps: 10, droppedNotable: 0 })
  })

  test('begins anew when another engine counts from one again', () => {
    push(500, 1)
    log.restartNumbering()
    push(1, 1)
    page.paint()
    expect(seqs()).toEqual([1])
  })

  test('goes on after the last sample when it is viewed again', () => {
    push(1, 9)
    log.unfollow()
    expect(backend.topics).toEqual([])
    expect(page.frameCount).toBe(0)
    log.follow()
    expect(backend.argumentsOf('traffic')).toEqual([{ since: 9 }])
  })
})
