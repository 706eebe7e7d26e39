/**
 * Contract: samples are collected while somebody watches; a watcher gets what was kept after its
 * `since`, then what comes, each once; a payload never outgrows a frame.
 */
import { beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import type { EngineAnswer } from '../../../proxy-core/model/control-protocol.ts'
import type { TrafficBatch, TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'
import type { TopicPayload } from '../../../preload/contract/topics.ts'
import { Listeners } from '../engine/listeners.ts'
import { TrafficTap, type TrafficEngine } from './traffic-tap.ts'

function sample(seq: number): TrafficSample {
  return {
    ...{ seq, atMs: 0, listener: 'web', pool: 'api', backend: 'a', method: 'GET', target: '/' },
    ...{ host: 'h', clientAddress: '::1', requestId: 'r', status: 200, durationMs: 1 },
    ...{ requestBytes: 0, responseBytes: 0, termination: '', keptBecause: 'sample' },
    attempts: [],
    requestFields: [],
    why: null
  }
}

function samples(from: number, to: number): TrafficSample[] {
  return Array.from({ length: to - from + 1 }, (_, at) => sample(from + at))
}

class EngineDouble implements TrafficEngine {
  kept: readonly TrafficSample[] | Error = []
  readonly wanted: boolean[] = []
  readonly #batches = new Listeners<TrafficBatch>((error) => {
    throw error
  })
  readonly onTraffic = (listener: (batch: TrafficBatch) => void): (() => void) =>
    this.#batches.add(listener)

  wantTraffic(isWanted: boolean): void {
    this.wanted.push(isWanted)
  }
  ask(): Promise<EngineAnswer> {
    if (this.kept instanceof Error) return Promise.reject(this.kept)
    return Promise.resolve({ name: 'traffic', samples: [...this.kept] })
  }
  bring(list: readonly TrafficSample[]): void {
    this.#batches.tell({ seen: 500, spanMs: 1000, droppedNotable: 1, samples: [...list] })
  }
}

let engine: EngineDouble
let tap: TrafficTap
let payloads: TopicPayload<'traffic'>[]

beforeEach(() => {
  engine = new EngineDouble()
  tap = new TrafficTap(engine)
  payloads = []
})

async function open(since = 0): Promise<() => void> {
  const end = tap.open({ since }, (payload) => payloads.push(payload))
  await ManualClock.flush()
  return end
}

const seqs = (): number[] => payloads.flatMap((payload) => payload.samples.map(({ seq }) => seq))

test('the engine samples from the first watcher to the last', async () => {
  const [one, other] = [await open(), await open()]
  one()
  expect(engine.wanted).toEqual([true])
  other()
  expect(engine.wanted).toEqual([true, false])
})

test('kept samples come first, then live ones, none of them twice', async () => {
  engine.kept = samples(1, 3)
  tap.open({ since: 0 }, (payload) => payloads.push(payload))
  engine.bring(samples(3, 4))
  expect(payloads).toEqual([])
  await ManualClock.flush()
  engine.bring(samples(5, 5))
  expect(seqs()).toEqual([1, 2, 3, 4, 5])
  expect(payloads.at(-1)).toMatchObject({ seen: 500, droppedNotable: 1, gap: null })
})

test('a page that was away continues, and what is lost is named', async () => {
  engine.kept = samples(50, 60)
  await open(55)
  expect(seqs()).toEqual([56, 57, 58, 59, 60])
  expect(payloads[0]!.gap).toBeNull()
  payloads = []
  await open(20)
  expect(payloads[0]!.gap).toEqual({ from: 21, to: 49 })
})

test('a number of an earlier engine means from the beginning', async () => {
  engine.kept = samples(1, 2)
  await open(9_000)
  expect(seqs()).toEqual([1, 2])
  expect(payloads[0]!.gap).toBeNull()
})

test('many samples come in several payloads, and are counted once', async () => {
  engine.kept = samples(1, 250)
  await open()
  expect(payloads.map((payload) => payload.samples.length)).toEqual([100, 100, 50])
  payloads = []
  engine.bring(samples(251, 400))
  expect(payloads.map((payload) => payload.samples.length)).toEqual([100, 50])
  expect(payloads.map(({ seen }) => seen)).toEqual([500, 0])
})

test('without an engine the watcher waits for the next one', async () => {
  engine.kept = new Error('ENGINE_DIED')
  await open()
  engine.bring(samples(1, 1))
  expect(seqs()).toEqual([1])
})

test('a watcher that has gone gets nothing', async () => {
  engine.kept = samples(1, 1)
  const end = tap.open({ since: 0 }, (payload) => payloads.push(payload))
  end()
  await ManualClock.flush()
  engine.bring(samples(2, 2))
  expect(payloads).toEqual([])
})
