/** Contract: who comes while an fsync runs shares the next one; who is alone waits for nobody. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { AppendQueue, type TakeGroup } from './append-queue.ts'
import { sampleEntry } from './testing/store-stage.ts'

interface Stage {
  readonly clock: ManualClock
  readonly queue: AppendQueue
  /** Sizes of the groups that were given to the disk. */
  readonly groups: number[]
}

/** A disk whose fsync takes `syncMs`. */
function staged(syncMs: number, intervalMs = 5, everyCount = Infinity): Stage {
  const clock = new ManualClock()
  const groups: number[] = []
  const commit = async (take: TakeGroup): Promise<void> => {
    for (let group = take(); group.length > 0; group = take()) {
      groups.push(group.length)
      await new Promise<void>((resolve) => clock.setTimeout(resolve, syncMs))
      for (const waiting of group) waiting.resolve({ seq: 1, id: '' })
    }
  }
  return { clock, groups, queue: new AppendQueue(commit, clock, { intervalMs, everyCount }) }
}

function add({ queue }: Stage, count: number, bytes = 100): Promise<unknown> {
  return Promise.all(Array.from({ length: count }, () => queue.add(sampleEntry(1), bytes)))
}

test('one that is alone is written at once, again and again', async () => {
  const stage = staged(10)
  for (let turn = 1; turn <= 3; turn++) {
    void add(stage, 1)
    await ManualClock.flush()
    expect(stage.groups.length).toBe(turn)
    await stage.clock.advanceAsync(10)
  }
})

test('all that come in one turn of the loop, and while an fsync runs, share a group', async () => {
  const stage = staged(10)
  void add(stage, 3)
  await ManualClock.flush()
  void add(stage, 2)
  await stage.clock.advanceAsync(5)
  void add(stage, 4)
  expect(stage.groups).toEqual([3])
  await stage.clock.advanceAsync(5)
  expect(stage.groups).toEqual([3, 6])
  await stage.clock.advanceAsync(10)
  expect(stage.queue.waitingBytes).toBe(0)
})

test('where there were many, a group waits for them: half an fsync, and no longer than told', async () => {
  for (const [syncMs, intervalMs, patienceMs] of [
    [6, 5, 3],
    [100, 5, 5],
    [100, 0, 0]
  ] as const) {
    const stage = staged(syncMs, intervalMs)
    void add(stage, 10)
    await ManualClock.flush()
    await stage.clock.advanceAsync(syncMs)
    void add(stage, 1)
    if (patienceMs > 0) await stage.clock.advanceAsync(patienceMs - 1)
    else await ManualClock.flush()
    expect(stage.groups.length, `fsync ${syncMs}, interval ${intervalMs}`).toBe(
      patienceMs > 0 ? 1 : 2
    )
    await stage.clock.advanceAsync(1)
    expect(stage.groups).toEqual([10, 1])
  }
})

test('it goes as soon as as many are there as before, or as many as told', async () => {
  for (const everyCount of [Infinity, 4]) {
    const stage = staged(100, 50, everyCount)
    void add(stage, 10)
    await ManualClock.flush()
    await stage.clock.advanceAsync(100)
    void add(stage, 3)
    await stage.clock.advanceAsync(1)
    void add(stage, everyCount === 4 ? 1 : 7)
    await ManualClock.flush()
    expect(stage.groups).toEqual([10, everyCount === 4 ? 4 : 10])
  }
})

test('a group is bounded in octets and in number', async () => {
  const stage = staged(1)
  void add(stage, 3, 10_000_000)
  await stage.clock.advanceAsync(5)
  void add(stage, 1500)
  await stage.clock.advanceAsync(5)
  expect(stage.groups).toEqual([1, 1, 1, 1024, 476])
})

test('idle() resolves when everything was settled', async () => {
  const stage = staged(10)
  await stage.queue.idle()
  void add(stage, 2)
  let isIdle = false
  void stage.queue.idle().then(() => (isIdle = true))
  await stage.clock.advanceAsync(9)
  expect(isIdle).toBe(false)
  await stage.clock.advanceAsync(1)
  expect(isIdle).toBe(true)
})
