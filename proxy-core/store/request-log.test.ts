/** Contract: what is acknowledged is there, in its order and unaltered, until it is settled. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { systemClock } from '../time/clock.ts'
import { nodeDisk } from './node-disk.ts'
import type { Receipt } from './request-store.ts'
import type { RequestLog } from './request-log.ts'
import type { StoreOptions } from './store-options.ts'
import { bodyOf, openStore, sampleEntry, type StoreStage } from './testing/store-stage.ts'

function folder(): string {
  const made = temporaryFolder()
  onTestFinished(() => made.remove())
  return `${made.path}/buffer`
}

async function opened(
  directory: string,
  options: Partial<StoreOptions> = {}
): Promise<StoreStage & { close(): Promise<void> }> {
  const stage = await openStore(nodeDisk, { directory, clock: systemClock, ...options })
  onTestFinished(() => stage.store.close())
  return { ...stage, close: () => stage.store.close() }
}

function appendAll(store: RequestLog, count: number, first = 1): Promise<readonly Receipt[]> {
  const numbers = Array.from({ length: count }, (_, index) => first + index)
  return Promise.all(numbers.map((number) => store.append(sampleEntry(number))))
}

async function pendingSeqs(store: RequestLog): Promise<readonly number[]> {
  return (await store.pendingAfter(0, 1_000_000)).map(({ seq }) => seq)
}

test('an entry comes back as it was given, before and after a restart', async () => {
  const directory = folder()
  const first = await opened(directory)
  const entry = sampleEntry(1, { key: 'case-ä', expiresAtMs: 1_770_000_100_000 })
  const { seq, id } = await first.store.append(entry)
  const expected = { ...entry, seq, id, state: 'pending', attempts: 0, bodyBytes: 100 }
  expect(await first.store.read(seq)).toMatchObject(expected)
  await first.close()
  const second = await opened(directory)
  expect(await second.store.read(seq)).toMatchObject(expected)
  expect(second.events).toEqual([])
})

test('bodies of every size come back, also those that are written beside their record', async () => {
  const { store } = await opened(folder(), { maxBytes: 8_000_000 })
  const sizes = [0, 1, 16 * 1024, 16 * 1024 + 1, 300_000]
  const receipts = await Promise.all(
    sizes.map((bytes, number) => store.append(sampleEntry(number, { body: bodyOf(number, bytes) })))
  )
  for (const [number, { seq }] of receipts.entries()) {
    const entry = await store.read(seq)
    expect(entry!.body.equals(bodyOf(number, sizes[number]))).toBe(true)
  }
})

test('seqs ascend in the order of acceptance, also over a restart that found nothing', async () => {
  const directory = folder()
  const first = await opened(directory, { keepStatusMs: 0 })
  const receipts = await appendAll(first.store, 3)
  expect(receipts.map(({ seq }) => seq)).toEqual([1, 2, 3])
  for (const { seq } of receipts) first.store.settle(seq, { kind: 'delivered', status: 200 })
  await first.close()
  const second = await opened(directory)
  const [next] = await appendAll(second.store, 1)
  expect(next!.seq).toBe(4)
})

test('pending entries come by seq, with what a scheduler needs', async () => {
  const { store } = await opened(folder())
  const keyed = (number: number, key: string): ReturnType<RequestLog['append']> =>
    store.append(sampleEntry(number, { key, expiresAtMs: 2_000_000_000_000 }))
  await Promise.all([keyed(1, 'a'), keyed(2, 'b'), keyed(3, 'a'), keyed(4, '')])
  const [one, two, three, four] = await store.pendingAfter(0, 10)
  expect(one!.keyHash).toBe(three!.keyHash)
  expect(one!.keyHash).not.toBe(two!.keyHash)
  expect(one!.keyHash).not.toBe(0)
  expect(four).toMatchObject({ seq: 4, keyHash: 0, expiresAtMs: 2_000_000_000_000 })
  expect(one!.routeHash).toBe(four!.routeHash)
  expect((await store.pendingAfter(2, 1)).map(({ seq }) => seq)).toEqual([3])
})

test('equal keys have equal hashes after a restart', async () => {
  const directory = folder()
  const first = await opened(directory)
  await first.store.append(sampleEntry(1, { key: 'a' }))
  await first.close()
  const second = await opened(directory)
  await second.store.append(sampleEntry(2, { key: 'a' }))
  const [one, two] = await second.store.pendingAfter(0, 10)
  expect(one!.keyHash).toBe(two!.keyHash)
})

test('a settled entry is no longer pending, now and after a restart', async () => {
  const directory = folder()
  const first = await opened(directory)
  await appendAll(first.store, 4)
  first.store.settle(1, { kind: 'delivered', status: 201 })
  first.store.settle(2, { kind: 'expired' })
  first.store.settle(3, { kind: 'deleted' })
  expect(await pendingSeqs(first.store)).toEqual([4])
  expect(await first.store.read(1)).toBeNull()
  await first.close()
  const second = await opened(directory)
  expect(await pendingSeqs(second.store)).toEqual([4])
})

test('the first word about the end of an entry counts', async () => {
  const { store } = await opened(folder())
  const [receipt] = await appendAll(store, 1)
  store.settle(1, { kind: 'delivered', status: 200 })
  store.settle(1, { kind: 'dead', status: 500, reason: 'too late' })
  store.attempted(1, { attempts: 9, status: 500, reason: 'too late' })
  expect(await store.find(receipt!.id)).toMatchObject({ state: 'delivered', lastStatus: 200 })
  expect(store.stats()).toMatchObject({ pending: 0, dead: 0, delivered: 1 })
})

test('attempts are told, and kept over a restart', async () => {
  const directory = folder()
  const first = await opened(directory)
  const [receipt] = await appendAll(first.store, 1)
  const attempt = { attempts: 3, status: 503, reason: 'it answered 503' }
  first.store.attempted(1, attempt)
  const expected = { state: 'pending', attempts: 3, lastStatus: 503, lastReason: 'it answered 503' }
  expect(await first.store.find(receipt!.id)).toMatchObject(expected)
  await first.store.settled()
  expect(await first.store.find(receipt!.id)).toMatchObject(expected)
  await first.close()
  const second = await opened(directory)
  expect(await second.store.find(receipt!.id)).toMatchObject(expected)
  expect(await second.store.read(1)).toMatchObject(expected)
})

describe('ids', () => {
  test('cannot be guessed, and one that is made up finds nothing', async () => {
    const { store } = await opened(folder())
    const receipts = await appendAll(store, 200)
    const ids = receipts.map(({ id }) => id)
    expect(new Set(ids.map((id) => id.slice(0, 4))).size).toBeGreaterThan(150)
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
    const id = ids[0]!
    const other = id.slice(0, -1) + (id.endsWith('0') ? '1' : '0')
    for (const madeUp of [other, '', 'x'.repeat(32), '0'.repeat(32), id.toUpperCase() + ' ']) {
      expect(await store.find(madeUp)).toBeNull()
    }
  })

  test('answer for a settled entry after its segment is gone, until it is too old', async () => {
    const directory = folder()
    const { store, clock } = await openStore(nodeDisk, { directory, keepStatusMs: 60_000 })
    onTestFinished(() => store.close())
    const pending = store.append(sampleEntry(1))
    const { id } = await pending
    store.attempted(1, { attempts: 1, status: 204, reason: '' })
    store.settle(1, { kind: 'delivered', status: 204 })
    void store.settled()
    await eventually('the words are written', async () => {
      await clock.advanceAsync(10)
      return (await store.find(id))?.state === 'delivered'
    })
    await store.close()
    const second = await openStore(nodeDisk, { directory, keepStatusMs: 60_000 })
    onTestFinished(() => second.store.close())
    await eventually('the segment is gone', async () => {
      await second.clock.advanceAsync(30)
      return second.store.stats().segments === 0
    })
    const known = { state: 'delivered', attempts: 1, lastStatus: 204, target: '', bodyBytes: 100 }
    expect(await second.store.find(id)).toMatchObject({ ...known, seq: 1, id })
    await eventually('the status is forgotten', async () => {
      await second.clock.advanceAsync(61_000)
      return (await second.store.find(id)) === null
    })
  })
})

describe('dead entries', () => {
  test('stay until somebody decides, and are listed with their reason', async () => {
    const directory = folder()
    const first = await opened(directory)
    await appendAll(first.store, 3)
    first.store.settle(2, { kind: 'dead', status: 422, reason: 'it answered 422' })
    await first.close()
    const { store } = await opened(directory)
    const [dead, ...others] = await store.list({ states: ['dead'], limit: 10 })
    expect(others).toEqual([])
    expect(dead).toMatchObject({ seq: 2, lastStatus: 422, lastReason: 'it answered 422' })
    expect(dead!.settledAtMs).toBeGreaterThan(0)
    expect((await store.read(2))!.body.equals(bodyOf(2))).toBe(true)
    expect(await pendingSeqs(store)).toEqual([1, 3])
  })

  test('are replayed at the tail, and name who took their place', async () => {
    const { store } = await opened(folder())
    const entry = sampleEntry(1, { key: 'a', expiresAtMs: 1_770_000_060_001 })
    const { id } = await store.append(entry)
    await appendAll(store, 1, 2)
    store.settle(1, { kind: 'dead', status: 400, reason: 'it answered 400' })
    const before = Date.now()
    const replay = await store.replay(1)
    expect(replay!.seq).toBe(3)
    const again = await store.read(3)
    expect(again).toMatchObject({ ...entry, expiresAtMs: expect.any(Number), attempts: 0 })
    expect(again!.expiresAtMs - before).toBeGreaterThanOrEqual(60_000)
    expect(await store.find(id)).toMatchObject({ state: 'dead', replayedAs: 3 })
    expect(await store.list({ states: ['dead'], limit: 10 })).toEqual([])
    expect(await store.replay(1)).toBeNull()
    expect(await store.replay(2)).toBeNull()
    expect(await store.replay(99)).toBeNull()
  })

  test('are replayed once, however often it is asked at the same time', async () => {
    const { store } = await opened(folder())
    await appendAll(store, 1)
    store.settle(1, { kind: 'dead', status: 400, reason: '' })
    const replays = await Promise.all([store.replay(1), store.replay(1), store.replay(1)])
    expect(new Set(replays.map((one) => one!.seq))).toEqual(new Set([2]))
    expect(await pendingSeqs(store)).toEqual([2])
  })

  test('are deleted for good', async () => {
    const directory = folder()
    const first = await opened(directory)
    await appendAll(first.store, 2)
    first.store.settle(1, { kind: 'dead', status: 400, reason: '' })
    first.store.settle(1, { kind: 'deleted' })
    expect(first.store.stats()).toMatchObject({ dead: 0, deleted: 1, pending: 1 })
    await first.close()
    const { store } = await opened(directory)
    expect(await store.list({ states: ['dead'], limit: 10 })).toEqual([])
    expect(await store.read(1)).toBeNull()
  })
})

test('a list is filtered by state, route and key, and goes on behind a seq', async () => {
  const { store } = await opened(folder())
  await Promise.all(
    [
      sampleEntry(1, { route: 'orders', key: 'a' }),
      sampleEntry(2, { route: 'users', key: 'a' }),
      sampleEntry(3, { route: 'orders', key: 'b' }),
      sampleEntry(4, { route: 'orders', key: 'a' })
    ].map((entry) => store.append(entry))
  )
  store.settle(4, { kind: 'delivered', status: 200 })
  const seqs = async (query: Parameters<RequestLog['list']>[0]): Promise<readonly number[]> =>
    (await store.list(query)).map(({ seq }) => seq)
  expect(await seqs({ limit: 10 })).toEqual([1, 2, 3, 4])
  expect(await seqs({ route: 'orders', limit: 10 })).toEqual([1, 3, 4])
  expect(await seqs({ route: 'orders', key: 'a', limit: 10 })).toEqual([1, 4])
  expect(await seqs({ states: ['pending'], key: 'a', limit: 10 })).toEqual([1, 2])
  expect(await seqs({ states: ['delivered'], limit: 10 })).toEqual([4])
  expect(await seqs({ afterSeq: 1, limit: 2 })).toEqual([2, 3])
})

test('onAppended is called after the entry can be seen', async () => {
  const { store } = await opened(folder())
  const seen: Promise<readonly number[]>[] = []
  store.onAppended = () => void seen.push(pendingSeqs(store))
  await appendAll(store, 1)
  expect(await seen[0]).toEqual([1])
})

test('while the store closes what came before is kept, and what comes after is refused', async () => {
  const directory = folder()
  const { store } = await opened(directory)
  const before = store.append(sampleEntry(1))
  const closed = store.close()
  await expect(store.append(sampleEntry(2))).rejects.toMatchObject({ kind: 'closing' })
  await expect(store.roomFor(1, new AbortController().signal)).rejects.toMatchObject({
    kind: 'closing'
  })
  await closed
  await before
  const second = await opened(directory)
  expect(await pendingSeqs(second.store)).toEqual([1])
})

test('a directory has one process: a second one is refused until the first has closed', async () => {
  const directory = folder()
  const first = await opened(directory)
  await expect(opened(directory)).rejects.toMatchObject({ code: 'BUFFER_LOCKED' })
  await first.close()
  await opened(directory)
})

test('the numbers say what is there', async () => {
  const { store } = await opened(folder())
  await appendAll(store, 10)
  store.settle(1, { kind: 'delivered', status: 200 })
  store.settle(2, { kind: 'dead', status: 400, reason: '' })
  await store.settled()
  const stats = store.stats()
  expect(stats).toMatchObject({ pending: 8, dead: 1, appended: 10, delivered: 1, segments: 1 })
  expect(stats).toMatchObject({ oldestPendingAtMs: 1_770_000_000_003, refusal: null })
  expect(stats.syncs).toBeGreaterThan(0)
  expect(stats.diskBytes).toBeGreaterThan(stats.pendingBytes)
  expect(stats.pendingBytes).toBeGreaterThan(8 * 100)
})
