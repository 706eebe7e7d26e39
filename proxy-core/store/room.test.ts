/** Contract: the files of a buffer stay within `max_size`; who waits for room gets it in turn. */
import { describe, expect, test } from 'vitest'
import type { RequestLog } from './request-log.ts'
import { segmentBytesOf } from './request-log.ts'
import { Room } from './room.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { bodyOf, openStore, sampleEntry, type StoreStage } from './testing/store-stage.ts'

const BODY_BYTES = 10_000

async function filled(): Promise<StoreStage & { count: number }> {
  const stage = await openStore(new FaultyDisk(), { keepStatusMs: 60_000 })
  let count = 0
  for (;;) {
    const body = bodyOf(count + 1, BODY_BYTES)
    const kind = await stage.store.append(sampleEntry(count + 1, { body })).then(
      () => null,
      (error: { kind: string }) => error.kind
    )
    if (kind !== null) expect(kind).toBe('full')
    if (kind !== null) return { ...stage, count }
    count += 1
  }
}

function deliver(store: RequestLog, from: number, to: number): void {
  for (let seq = from; seq <= to; seq++) store.settle(seq, { kind: 'delivered', status: 200 })
}

async function pass({ clock }: StoreStage, ms: number): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await clock.advanceAsync(ms / 20)
}

test.each([
  [1, 125_000],
  [1_000_000, 125_000],
  [100_000, 125_000],
  [80_000_000, 10_000_000],
  [1_000_000_000, 64 * 1024 * 1024],
  [1_000_000_000_000, 64 * 1024 * 1024]
])('a buffer of %i octets has segments of %i', (maxBytes, segmentBytes) => {
  expect(segmentBytesOf(maxBytes)).toBe(segmentBytes)
})

test('an entry that is larger than a segment is refused as too large', async () => {
  const { store } = await openStore(new FaultyDisk())
  const body = Buffer.alloc(125_000)
  await expect(store.append(sampleEntry(1, { body }))).rejects.toMatchObject({ kind: 'too_large' })
  const { signal } = new AbortController()
  await expect(store.roomFor(125_000, signal)).rejects.toMatchObject({ kind: 'too_large' })
  await store.append(sampleEntry(1, { body: Buffer.alloc(124_000) }))
})

describe('a full buffer', () => {
  test('is not larger than max_size, and says why it refuses', async () => {
    const { store, count } = await filled()
    expect(count).toBeGreaterThan(85)
    expect(store.stats().diskBytes).toBeLessThanOrEqual(1_000_000)
    expect(store.stats().refusal).toBe('the buffer is full')
  })

  test('takes requests again when the oldest segment is delivered', async () => {
    const stage = await filled()
    deliver(stage.store, 1, 13)
    await pass(stage, 1000)
    await stage.store.append(sampleEntry(500, { body: bodyOf(500, BODY_BYTES) }))
    expect(stage.store.stats().refusal).toBeNull()
  })

  test('writes segments anew that are partly delivered, although each has entries that wait', async () => {
    const stage = await filled()
    for (let seq = 1; seq <= stage.count; seq++) {
      if (seq % 2 === 0) stage.store.settle(seq, { kind: 'delivered', status: 200 })
    }
    await pass(stage, 1000)
    for (let number = 1; number <= 10; number++) {
      await stage.store.append(sampleEntry(number, { body: bodyOf(number, BODY_BYTES) }))
    }
    expect(stage.store.stats().diskBytes).toBeLessThanOrEqual(1_000_000)
    const pending = await stage.store.pendingAfter(0, 1000)
    expect(pending.map(({ seq }) => seq).filter((seq) => seq <= stage.count)).toEqual(
      Array.from({ length: Math.ceil(stage.count / 2) }, (_, index) => 2 * index + 1)
    )
    for (const { seq } of pending.slice(0, 40)) {
      expect((await stage.store.read(seq))!.body.equals(bodyOf(seq, BODY_BYTES))).toBe(true)
    }
  })

  test('lets who waits in when there is room, and nobody who has left', async () => {
    const stage = await filled()
    const { signal } = new AbortController()
    const leaving = new AbortController()
    const order: string[] = []
    const waiting = ['first', 'left', 'second'].map((name) =>
      stage.store
        .roomFor(BODY_BYTES + 200, name === 'left' ? leaving.signal : signal)
        .then(() => order.push(name))
        .catch(() => order.push(`${name}: gone`))
    )
    await pass(stage, 1000)
    expect(order).toEqual([])
    leaving.abort()
    deliver(stage.store, 1, 13)
    await pass(stage, 1000)
    await Promise.all(waiting)
    expect(order).toEqual(['left: gone', 'first', 'second'])
  })

  test('forgets what became of old requests before it refuses new ones', async () => {
    const stage = await openStore(new FaultyDisk(), { keepStatusMs: 1e9 })
    const { store } = stage
    for (let number = 1; number <= 15_000; number++) {
      const { seq } = await store.append(sampleEntry(number, { body: Buffer.alloc(0) }))
      store.settle(seq, { kind: 'delivered', status: 200 })
      if (number % 200 === 0) await pass(stage, 40)
    }
    expect(store.stats().diskBytes).toBeLessThanOrEqual(1_000_000)
    expect(store.stats().segments).toBeLessThan(3)
  })
})

test('room is offered to as many as fit together, in their order', async () => {
  let used = 90
  const room = new Room(
    1000,
    () => used,
    () => true
  )
  const order: number[] = []
  const { signal } = new AbortController()
  used = 1000
  const waits = [400, 100, 100].map((bytes, at) =>
    room.wait(bytes, signal).then(() => order.push(at))
  )
  used = 300
  room.offer()
  await Promise.resolve()
  await Promise.resolve()
  expect(order).toEqual([0])
  used = 0
  room.offer()
  await Promise.all(waits)
  expect(order).toEqual([0, 1, 2])
})
