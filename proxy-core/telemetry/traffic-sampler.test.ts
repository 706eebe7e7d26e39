/** Contract: errors are always among the samples, of the rest a fair few, and memory stays bounded. */
import { beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { SeededRandom } from '../../test/servers/seeded-random.ts'
import { Exchange } from '../exchange/exchange.ts'
import { SAMPLES_KEPT, trafficBatchSchema, type TrafficBatch } from '../model/traffic-sample.ts'
import { TrafficSampler } from './traffic-sampler.ts'

let clock: ManualClock
let sampler: TrafficSampler

beforeEach(() => {
  const random = new SeededRandom(7)
  clock = new ManualClock()
  sampler = new TrafficSampler(clock, () => random.next(), 0)
})

function finish(count: number, parts: Partial<Exchange> = {}): void {
  for (let n = 0; n < count; n++) {
    sampler.finished(Object.assign(new Exchange(), { status: 200, attempts: 1, ...parts }))
  }
}

function tick(): TrafficBatch | null {
  clock.advance(250)
  sampler.closeTick()
  const batch = sampler.takeBatch()
  if (batch !== null) expect(trafficBatchSchema.safeParse(batch).error).toBeUndefined()
  return batch
}

test('what fits is told whole, with how much was seen in which time', () => {
  finish(20)
  expect(tick()).toMatchObject({ seen: 20, spanMs: 250, droppedNotable: 0 })
  expect(sampler.since(0)).toHaveLength(20)
  expect(sampler.since(15).map(({ seq }) => seq)).toEqual([16, 17, 18, 19, 20])
})

test('a second under load holds at most 50 ordinary requests, and says of how many', () => {
  for (let second = 0; second < 5; second++) {
    let [kept, seen] = [0, 0]
    for (let n = 0; n < 4; n++) {
      finish(2500)
      const batch = tick()!
      kept += batch.samples.length
      seen += batch.seen
    }
    expect(kept).toBeLessThanOrEqual(50)
    expect(kept).toBeGreaterThan(40)
    expect(seen).toBe(10_000)
  }
})

test.each([
  ['a server error', { status: 503 }, 'error'],
  ['a client that left before any answer', { status: 0, termination: 'client_left' }, 'error'],
  ['an answer that broke off', { status: 200, termination: 'upstream_closed' }, 'error'],
  ['a second attempt', { attempts: 2 }, 'retry'],
  ['a slow answer', { durationMs: 1000 }, 'slow']
])('%s is kept whatever the load is', (_, parts, because) => {
  finish(2000)
  finish(1, parts)
  finish(2000)
  const notable = tick()!.samples.filter(({ keptBecause }) => keptBecause !== 'sample')
  expect(notable.map(({ keptBecause }) => keptBecause)).toEqual([because])
})

test.each([
  ['a refusal for want of a route', { status: 404, termination: 'no_route' }],
  ['a client error of the backend', { status: 422 }],
  ['an upgrade that lasted for hours', { status: 101, durationMs: 7_200_000 }]
])('%s is an ordinary request', (_, parts) => {
  finish(1, parts)
  expect(tick()!.samples.map(({ keptBecause }) => keptBecause)).toEqual(['sample'])
})

test('a storm of errors is bounded to 200 a second, and what did not fit is counted', () => {
  let [kept, dropped] = [0, 0]
  for (let n = 0; n < 4; n++) {
    finish(500, { status: 502 })
    const batch = tick()!
    kept += batch.samples.length
    dropped += batch.droppedNotable
  }
  expect(kept).toBeLessThanOrEqual(200)
  expect(kept + dropped).toBe(2000)
})

test('samples are numbered in the order in which the requests ended', () => {
  for (let n = 0; n < 30; n++) finish(1, n % 3 === 0 ? { status: 500 } : { requestBytes: n })
  const { samples } = tick()!
  expect(samples.map(({ seq }) => seq)).toEqual(samples.map((_, n) => n + 1))
  expect(samples.map(({ status }) => status)).toEqual(
    samples.map((_, n) => (n % 3 === 0 ? 500 : 200))
  )
})

test('the newest 500 are kept for whoever comes later, also when nobody takes the batches', () => {
  for (let n = 0; n < 100; n++) {
    finish(60, { status: 500 })
    clock.advance(250)
    sampler.closeTick()
  }
  const kept = sampler.since(0)
  expect(kept).toHaveLength(SAMPLES_KEPT)
  expect(kept.at(-1)!.seq).toBe(sampler.lastSeq)
  const batch = sampler.takeBatch()!
  expect(batch.samples).toHaveLength(SAMPLES_KEPT)
  expect([batch.seen, batch.spanMs]).toEqual([6000, 25_000])
})

test('the end of traffic is told once, and then silence is kept', () => {
  finish(1)
  expect(tick()).toMatchObject({ seen: 1 })
  expect(tick()).toMatchObject({ seen: 0, samples: [] })
  expect(tick()).toBeNull()
})

test('a target that is too long is cut', () => {
  finish(1, { target: `/${'x'.repeat(2000)}` })
  expect(tick()!.samples[0]!.target).toHaveLength(512)
})
