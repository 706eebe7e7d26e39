/**
 * Contract: a disk that fails or is full refuses what it cannot keep, with the kind of trouble;
 * what was acknowledged stays, and requests are taken again when the disk is back. A sync that
 * failed is never believed afterwards.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { SeededRandom } from '../../test/servers/seeded-random.ts'
import type { RequestLog } from './request-log.ts'
import { FaultyDisk, type DiskCall, type Fault } from './testing/faulty-disk.ts'
import { bodyOf, openStore, sampleEntry, type StoreStage } from './testing/store-stage.ts'

/** Faults that a test switches on and off. */
class Switchboard {
  faultOf: (call: DiskCall) => Fault | null = () => null

  failing(operation: DiskCall['operation'], code: string, ending = '.log'): void {
    this.faultOf = (call) =>
      call.operation === operation && call.path.endsWith(ending) ? { kind: 'error', code } : null
  }

  heal(): void {
    this.faultOf = () => null
  }
}

async function staged(): Promise<StoreStage & { faults: Switchboard; disk: FaultyDisk }> {
  const faults = new Switchboard()
  const disk = new FaultyDisk((call) => faults.faultOf(call))
  return { ...(await openStore(disk)), faults, disk }
}

async function seqsOf(store: RequestLog): Promise<readonly number[]> {
  return (await store.pendingAfter(0, 1000)).map(({ seq }) => seq)
}

async function reopened(disk: FaultyDisk, how: 'power' | 'kill'): Promise<StoreStage> {
  return openStore(disk.afterCrash(how))
}

function refusalOf(append: Promise<unknown>): Promise<string> {
  return append.then(
    () => 'taken',
    (error: { kind: string }) => error.kind
  )
}

describe.each([
  ['sync', 'EIO'],
  ['write', 'EIO']
] as const)('a %s that fails with %s', (operation, code) => {
  test('refuses what was not acknowledged, and the next request begins a new segment', async () => {
    const { store, faults, disk, events } = await staged()
    await store.append(sampleEntry(1))
    faults.failing(operation, code)
    const refused = await Promise.all([2, 3].map((n) => refusalOf(store.append(sampleEntry(n)))))
    expect(refused).toEqual(['disk', 'disk'])
    faults.heal()
    const { seq } = await store.append(sampleEntry(4))
    expect(await seqsOf(store)).toEqual([1, seq])
    expect(events.map(({ kind }) => kind)).toEqual(['disk_failed'])
    expect(store.stats()).toMatchObject({ syncFailures: 1, segments: 2, refusal: null })
    for (const how of ['kill', 'power'] as const) {
      const after = await reopened(disk, how)
      expect(await seqsOf(after.store)).toEqual([1, seq])
      expect((await after.store.read(seq))!.target).toBe(sampleEntry(4).target)
    }
  })

  test('in a new segment too refuses at once, and tries by itself less and less often', async () => {
    const { store, faults, clock, events } = await staged()
    faults.failing(operation, code)
    expect(await refusalOf(store.append(sampleEntry(1)))).toBe('disk')
    expect(await refusalOf(store.append(sampleEntry(2)))).toBe('disk')
    expect(store.stats().refusal).toBe('the disk fails')
    let tries = 0
    faults.faultOf = (call) => {
      if (call.operation !== operation || !call.path.endsWith('.log')) return null
      tries += 1
      return { kind: 'error', code }
    }
    for (let second = 0; second < 300; second++) await clock.advanceAsync(1000)
    expect(tries).toBeGreaterThan(8)
    expect(tries).toBeLessThan(16)
    expect(events.map(({ kind }) => kind)).toEqual(['disk_failed'])
    faults.heal()
    await clock.advanceAsync(31_000)
    expect(store.stats().refusal).toBeNull()
    await store.append(sampleEntry(3))
    expect(events.map(({ kind }) => kind)).toEqual(['disk_failed', 'disk_recovered'])
  })
})

test('what was refused stays out, also where the disk cannot cut it off', async () => {
  const { store, faults, disk } = await staged()
  await store.append(sampleEntry(1))
  faults.faultOf = ({ operation, path }) =>
    ['sync', 'truncate'].includes(operation) && path.endsWith('.log')
      ? { kind: 'error', code: 'EIO' }
      : null
  expect(await refusalOf(store.append(sampleEntry(2)))).toBe('disk')
  faults.heal()
  await store.append(sampleEntry(3))
  const after = await reopened(disk, 'kill')
  const pending = await after.store.list({ limit: 10 })
  expect(pending.map(({ target }) => target)).toEqual(
    [1, 3].map((number) => sampleEntry(number).target)
  )
})

describe.each(['ENOSPC', 'EDQUOT'])('a disk that is full (%s)', (code) => {
  test('refuses with no_space, keeps what it has, and takes requests when there is room', async () => {
    const { store, faults, clock } = await staged()
    await store.append(sampleEntry(1))
    faults.failing('write', code, '')
    expect(await refusalOf(store.append(sampleEntry(2)))).toBe('no_space')
    expect(store.stats().refusal).toBe('the disk is full')
    expect((await store.read(1))!.body.equals(bodyOf(1))).toBe(true)
    faults.heal()
    await clock.advanceAsync(1100)
    await store.append(sampleEntry(3))
    expect((await seqsOf(store)).length).toBe(2)
  })

  test('gives back what was delivered, although nothing can be written', async () => {
    const { store, faults, clock } = await staged()
    for (let number = 1; number <= 9; number++) {
      await store.append(sampleEntry(number, { body: bodyOf(number, 40_000) }))
    }
    const { segments } = store.stats()
    faults.failing('write', code, '')
    for (let seq = 1; seq <= 6; seq++) store.settle(seq, { kind: 'delivered', status: 200 })
    await expect(store.settled()).rejects.toMatchObject({ kind: 'disk' })
    for (let turn = 0; turn < 20; turn++) await clock.advanceAsync(1000)
    expect(store.stats().segments).toBe(segments - 2)
    faults.heal()
    for (let turn = 0; turn < 20; turn++) await clock.advanceAsync(1000)
    await store.settled()
    expect(await seqsOf(store)).toEqual([7, 8, 9])
  })
})

test('a write that takes only a part is continued', async () => {
  const { store, faults, disk } = await staged()
  faults.faultOf = ({ operation, number }) =>
    operation === 'write' && number % 2 === 0 ? { kind: 'short' } : null
  for (let number = 1; number <= 5; number++) await store.append(sampleEntry(number))
  store.settle(1, { kind: 'delivered', status: 200 })
  const after = await reopened(disk, 'power')
  expect((await seqsOf(after.store)).slice(-4)).toEqual([2, 3, 4, 5])
  for (const seq of [2, 3, 4, 5]) {
    expect((await after.store.read(seq))!.body.equals(bodyOf(seq))).toBe(true)
  }
})

test('outcomes that could not be written are written when the disk is back', async () => {
  const { store, faults, disk, clock, events } = await staged()
  for (let number = 1; number <= 4; number++) await store.append(sampleEntry(number))
  store.settle(1, { kind: 'delivered', status: 200 })
  await store.settled()
  faults.failing('sync', 'EIO', '.outcomes')
  store.settle(2, { kind: 'dead', status: 400, reason: 'it answered 400' })
  await expect(store.settled()).rejects.toMatchObject({ kind: 'disk' })
  expect(await seqsOf(store)).toEqual([3, 4])
  faults.heal()
  await clock.advanceAsync(2000)
  await store.settled()
  expect(events.map(({ kind }) => kind)).toEqual(['disk_failed', 'disk_recovered'])
  const after = await reopened(disk, 'power')
  expect(await seqsOf(after.store)).toEqual([3, 4])
  const [dead] = await after.store.list({ states: ['dead'], limit: 10 })
  expect(dead).toMatchObject({ seq: 2, lastReason: 'it answered 400' })
})

test('a read that fails says so, and the entry stays', async () => {
  const { store, faults } = await staged()
  await store.append(sampleEntry(1))
  faults.failing('read', 'EIO')
  await expect(store.read(1)).rejects.toMatchObject({ code: 'BUFFER_UNREADABLE' })
  faults.heal()
  expect((await store.read(1))!.body.equals(bodyOf(1))).toBe(true)
  expect(store.stats()).toMatchObject({ pending: 1, quarantined: 0 })
})

/** Random faults for a while; what was acknowledged must be there afterwards. */
async function survive(seed: number, share: number, lies: boolean): Promise<void> {
  const random = new SeededRandom(seed)
  const codes = ['EIO', 'ENOSPC', 'EDQUOT']
  let isFailing = false
  const disk = new FaultyDisk(({ operation }) => {
    if (!isFailing || !random.chance(share)) return null
    if (lies) return operation === 'sync' ? { kind: 'lie' } : null
    if (operation === 'write' && random.chance(0.3)) return { kind: 'short' }
    return operation === 'read' ? null : { kind: 'error', code: random.pick(codes) }
  }, seed)
  const { store, clock } = await openStore(disk, {}, new ManualClock())
  const bodies = new Map<number, Buffer>()
  isFailing = true
  for (let number = 1; number <= 40; number++) {
    const body = bodyOf(number, random.pick([0, 500, 30_000]))
    const receipt = await store.append(sampleEntry(number, { body })).catch(() => null)
    if (receipt !== null) bodies.set(receipt.seq, body)
    if (random.chance(0.3)) {
      const [seq] = bodies.keys()
      if (seq !== undefined) {
        store.settle(seq, { kind: 'delivered', status: 200 })
        bodies.delete(seq)
      }
    }
    await clock.advanceAsync(random.pick([1, 100, 3000]))
  }
  isFailing = false
  const how = random.pick(['kill', 'power'] as const)
  const after = await reopened(disk, how)
  for (const [seq, body] of bodies) {
    const entry = await after.store.read(seq)
    if (!lies || how === 'kill') expect(entry, `seq ${seq} was acknowledged`).not.toBeNull()
    if (entry !== null) expect(entry.body.equals(body), `seq ${seq} is unaltered`).toBe(true)
  }
  await after.store.close()
}

test('whatever fails in between, what was acknowledged is there', async () => {
  const shares = fc.constantFrom(0.02, 0.1, 0.4)
  await fc.assert(
    fc.asyncProperty(fc.integer(), shares, (seed, share) => survive(seed, share, false)),
    { numRuns: 100 }
  )
}, 60_000)

test('on a disk that lies about its syncs nothing breaks, and no entry is altered', async () => {
  const shares = fc.constantFrom(0.1, 1)
  await fc.assert(
    fc.asyncProperty(fc.integer(), shares, (seed, share) => survive(seed, share, true)),
    { numRuns: 60 }
  )
}, 60_000)
