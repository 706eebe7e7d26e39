/**
 * Contract: an entry that waits keeps its own octets on the disk and not those of its neighbours;
 * what is written anew keeps order, seqs and ids, and what became of the rest is known still.
 */
import { expect, test } from 'vitest'
import type { Receipt } from './request-store.ts'
import type { RequestLog } from './request-log.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { bodyOf, openStore, sampleEntry, type StoreStage } from './testing/store-stage.ts'

const BODY_BYTES = 10_000

async function staged(
  count: number
): Promise<StoreStage & { readonly disk: FaultyDisk; readonly receipts: readonly Receipt[] }> {
  const disk = new FaultyDisk()
  const stage = await openStore(disk, { maxBytes: 4_000_000 })
  const receipts: Receipt[] = []
  for (let number = 1; number <= count; number++) {
    const entry = sampleEntry(number, { body: bodyOf(number, BODY_BYTES), key: `k${number % 2}` })
    receipts.push(await stage.store.append(entry))
  }
  return { ...stage, disk, receipts }
}

async function pass({ clock }: StoreStage, ms: number): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await clock.advanceAsync(ms / 50)
}

async function seqsOf(store: RequestLog): Promise<readonly number[]> {
  return (await store.pendingAfter(0, 1000)).map(({ seq }) => seq)
}

function settleAllBut(store: RequestLog, count: number, kept: readonly number[]): void {
  for (let seq = 1; seq <= count; seq++) {
    if (!kept.includes(seq)) store.settle(seq, { kind: 'delivered', status: 200 })
  }
}

async function expectBodies(store: RequestLog, seqs: readonly number[]): Promise<void> {
  for (const seq of seqs) {
    expect((await store.read(seq))!.body.equals(bodyOf(seq, BODY_BYTES))).toBe(true)
  }
}

test('a few entries that wait end in one small segment, and stay what they are', async () => {
  const stage = await staged(200)
  const { store, receipts, disk } = stage
  const kept = [3, 4, 70, 120, 150]
  settleAllBut(store, 190, kept)
  store.attempted(70, { attempts: 7, status: 503, reason: 'it answered 503' })
  store.settle(120, { kind: 'dead', status: 400, reason: 'it answered 400' })
  await pass(stage, 40_000)
  expect(store.stats().segments).toBe(2)
  expect(store.stats().diskBytes).toBeLessThan(400_000)
  const waiting = [3, 4, 70, 150, 191, 192, 193, 194, 195, 196, 197, 198, 199, 200]
  expect(await seqsOf(store)).toEqual(waiting)
  await expectBodies(store, [...waiting, 120])
  expect(await store.find(receipts[69]!.id)).toMatchObject({ attempts: 7, lastStatus: 503 })
  expect(await store.find(receipts[119]!.id)).toMatchObject({ state: 'dead', lastStatus: 400 })
  expect(await store.find(receipts[80]!.id)).toMatchObject({ state: 'delivered', target: '' })
  store.settle(70, { kind: 'delivered', status: 200 })
  await store.settled()
  for (const how of ['kill', 'power'] as const) {
    const after = await openStore(disk.afterCrash(how), { maxBytes: 4_000_000 })
    const rest = waiting.filter((seq) => seq !== 70)
    expect(await seqsOf(after.store)).toEqual(rest)
    await expectBodies(after.store, rest)
    expect(await after.store.list({ states: ['dead'], limit: 10 })).toMatchObject([{ seq: 120 }])
    expect(await after.store.find(receipts[80]!.id)).toMatchObject({ state: 'delivered' })
    expect(after.events).toEqual([])
  }
})

test('a segment that will be settled soon is not written anew', async () => {
  const stage = await staged(100)
  settleAllBut(stage.store, 60, [40])
  await pass(stage, 10_000)
  expect(stage.disk.names.filter((name) => /-0002\./.test(name))).toEqual([])
  settleAllBut(stage.store, 60, [])
  await pass(stage, 1000)
  expect(stage.store.stats().segments).toBe(2)
})

test('what is compacted is compacted again, and goes when its last entry is settled', async () => {
  const stage = await staged(200)
  const { store } = stage
  settleAllBut(store, 200, [10, 60, 110, 160, 161])
  await pass(stage, 40_000)
  settleAllBut(store, 200, [160, 161])
  await pass(stage, 40_000)
  expect(await seqsOf(store)).toEqual([160, 161])
  await expectBodies(store, [160, 161])
  settleAllBut(store, 200, [])
  await pass(stage, 40_000)
  expect(await seqsOf(store)).toEqual([])
  expect(store.stats().segments).toBeLessThanOrEqual(1)
})

test('entries that are settled while their segment is written anew stay settled', async () => {
  const stage = await staged(200)
  const { store, disk } = stage
  const kept = [10, 60, 110, 160]
  settleAllBut(store, 190, kept)
  let next = 10
  for (let turn = 0; turn < 400; turn++) {
    await stage.clock.advanceAsync(100)
    const isCopying = disk.names.some((name) => name.endsWith('.log.tmp'))
    if (isCopying && next !== 0) {
      store.settle(next, { kind: 'delivered', status: 200 })
      next = next === 10 ? 60 : 0
    }
  }
  await store.settled()
  const rest = [110, 160, 191, 192, 193, 194, 195, 196, 197, 198, 199, 200]
  const settled = [10, 60].filter((seq) => next === 0 || seq < next)
  const expected = [10, 60, ...rest].filter((seq) => !settled.includes(seq))
  expect(await seqsOf(store)).toEqual(expected)
  const after = await openStore(disk.afterCrash('power'), { maxBytes: 4_000_000 })
  expect(await seqsOf(after.store)).toEqual(expected)
})

test('small segments, as every start begins one, are merged', async () => {
  let disk = new FaultyDisk()
  for (let start = 1; start <= 12; start++) {
    const { store } = await openStore(disk, { maxBytes: 4_000_000 })
    await store.append(sampleEntry(start))
    await store.close()
    disk = disk.afterCrash('kill')
  }
  const stage = await openStore(disk, { maxBytes: 4_000_000 })
  await pass(stage, 1000)
  expect(stage.store.stats().segments).toBeLessThan(8)
  expect(await seqsOf(stage.store)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1))
})

test('reads that run while a segment is replaced end well', async () => {
  const stage = await staged(200)
  const { store } = stage
  const kept = [10, 60, 110, 160]
  settleAllBut(store, 200, kept)
  let reads = 0
  for (let turn = 0; turn < 350; turn++) {
    const seq = kept[turn % kept.length]!
    const read = store.read(seq)
    const list = store.list({ states: ['pending'], limit: 10 })
    await stage.clock.advanceAsync(100)
    expect((await read)!.seq).toBe(seq)
    expect((await list).map((head) => head.seq)).toEqual(kept)
    reads += 1
  }
  expect(reads).toBe(350)
  expect(stage.disk.names.some((name) => /-0002\.log$/.test(name))).toBe(true)
})

test('a damaged record is set aside by a compaction, which goes on', async () => {
  const stage = await staged(200)
  const { store, disk } = stage
  settleAllBut(store, 200, [10, 60, 110])
  await store.settled()
  const octets = disk.contentOf('/store/0000000001-0001.log')
  octets[octets.indexOf(bodyOf(10, BODY_BYTES).subarray(0, 50)) + 20]! ^= 4
  await pass(stage, 40_000)
  expect(await seqsOf(store)).toEqual([60, 110])
  expect(stage.events).toMatchObject([{ kind: 'quarantined' }])
})
