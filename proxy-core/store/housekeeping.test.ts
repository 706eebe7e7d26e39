/**
 * Contract: what is settled leaves the disk, but never so that a crash brings it back, nor so that
 * nobody knows what became of it.
 */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { Disk } from './disk.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { openStore, sampleEntry, type StoreStage } from './testing/store-stage.ts'

async function pass({ clock }: StoreStage, ms: number): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await clock.advanceAsync(ms / 20)
}

/** Syncs of journals wait until they are let go. */
function gated(disk: FaultyDisk): { readonly disk: Disk; hold(): void; letGo(): void } {
  let gate = Promise.resolve()
  let open = (): void => {}
  return {
    disk: {
      open: async (path, mode) => {
        const file = await disk.open(path, mode)
        if (!path.includes('.outcomes')) return file
        return { ...file, dataSync: () => gate.then(() => file.dataSync()) }
      },
      rename: disk.rename.bind(disk),
      unlink: disk.unlink.bind(disk),
      readDirectory: disk.readDirectory.bind(disk),
      makeDirectory: disk.makeDirectory.bind(disk),
      syncDirectory: disk.syncDirectory.bind(disk),
      lock: disk.lock.bind(disk)
    },
    hold: () => {
      gate = new Promise((resolve) => (open = resolve))
    },
    letGo: () => open()
  }
}

/** A closed segment with these entries. */
async function closedSegment(disk: FaultyDisk, count: number): Promise<readonly string[]> {
  const { store } = await openStore(disk)
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const receipts = await Promise.all(numbers.map((number) => store.append(sampleEntry(number))))
  await store.close()
  return receipts.map(({ id }) => id)
}

test('what is being written about an entry is known meanwhile, and its segment stays', async () => {
  const memory = new FaultyDisk()
  const [first, second] = await closedSegment(memory, 2)
  const gate = gated(memory)
  const stage = await openStore(gate.disk)
  gate.hold()
  stage.store.settle(1, { kind: 'delivered', status: 201 })
  await pass(stage, 10)
  stage.store.settle(2, { kind: 'delivered', status: 202 })
  await pass(stage, 1000)
  expect(await stage.store.find(first!)).toMatchObject({ state: 'delivered', lastStatus: 201 })
  expect(await stage.store.find(second!)).toMatchObject({ state: 'delivered', lastStatus: 202 })
  expect(stage.store.stats().segments).toBe(1)
  gate.letGo()
  await pass(stage, 1000)
  expect(stage.store.stats().segments).toBe(0)
  expect(await stage.store.find(first!)).toMatchObject({ state: 'delivered', lastStatus: 201 })
  expect(await stage.store.find(second!)).toMatchObject({ state: 'delivered', lastStatus: 202 })
})

test('a segment stays until every word about it is written', async () => {
  const disk = new FaultyDisk()
  const [id] = await closedSegment(disk, 1)
  const stage = await openStore(disk, { fsyncIntervalMs: 500 })
  stage.store.settle(1, { kind: 'delivered', status: 201 })
  await pass(stage, 200)
  expect(stage.store.stats().segments).toBe(1)
  await pass(stage, 1000)
  expect(stage.store.stats().segments).toBe(0)
  expect(await stage.store.find(id!)).toMatchObject({ state: 'delivered', lastStatus: 201 })
})

test('outcomes stay for as long as their segment cannot be removed', async () => {
  let isFailing = true
  const disk = new FaultyDisk(({ operation, path }) =>
    isFailing && operation === 'unlink' && path.endsWith('.log')
      ? { kind: 'error', code: 'EIO' }
      : null
  )
  await closedSegment(disk, 2)
  const stage = await openStore(disk, { keepStatusMs: 0 })
  for (const seq of [1, 2]) stage.store.settle(seq, { kind: 'delivered', status: 200 })
  await pass(stage, 1000)
  const after = await openStore(disk.afterCrash('kill'))
  expect(await after.store.pendingAfter(0, 10)).toEqual([])
  isFailing = false
  await pass(after, 1000)
  expect(after.store.stats().segments).toBe(0)
})

test('what a compaction carries is known also when the old outcomes are gone', async () => {
  const disk = new FaultyDisk()
  const options = { maxBytes: 4_000_000, keepStatusMs: 1000 }
  const stage = await openStore(disk, options, new ManualClock())
  for (let number = 1; number <= 200; number++) {
    await stage.store.append(sampleEntry(number, { body: Buffer.alloc(10_000) }))
  }
  const kept = [20, 100, 140]
  for (let seq = 1; seq <= 200; seq++) {
    if (!kept.includes(seq)) stage.store.settle(seq, { kind: 'delivered', status: 200 })
  }
  stage.store.attempted(20, { attempts: 3, status: 503, reason: 'it answered 503' })
  stage.store.settle(100, { kind: 'dead', status: 400, reason: 'it answered 400' })
  await pass(stage, 60_000)
  await pass(stage, 60_000)
  expect(disk.names.filter((name) => /-0001-\d+\.outcomes$/.test(name)).length).toBeLessThan(2)
  const { store } = await openStore(disk.afterCrash('kill'), options)
  const states = { states: ['pending', 'dead'] as const, limit: 10 }
  expect(await store.list(states)).toMatchObject([
    { seq: 20, state: 'pending', attempts: 3, lastReason: 'it answered 503' },
    { seq: 100, state: 'dead', lastReason: 'it answered 400' },
    { seq: 140, state: 'pending', attempts: 0 }
  ])
})

test('a store that has nothing to do sets no timers', async () => {
  const stage = await openStore(new FaultyDisk(), { keepStatusMs: 1000 })
  await stage.store.append(sampleEntry(1))
  stage.store.settle(1, { kind: 'delivered', status: 200 })
  await pass(stage, 60_000)
  expect(stage.clock.pendingCount).toBe(0)
  await stage.store.close()
})
