/**
 * Contract: whatever call of the disk a crash comes at, and whatever part of what was not synced
 * the disk keeps, the next start finds every acknowledged entry, unaltered and in its order, and
 * nothing that was settled on disk comes back. `SWITCHYARD_CRASH_RUNS` says how often it is tried.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeededRandom } from '../../test/servers/seeded-random.ts'
import type { NewEntry, Receipt } from './request-store.ts'
import type { RequestLog } from './request-log.ts'
import { FaultyDisk, type DiskCall, type Fault } from './testing/faulty-disk.ts'
import { bodyOf, openStore, sampleEntry, type StoreStage } from './testing/store-stage.ts'

interface Known {
  readonly receipt: Receipt
  readonly entry: NewEntry
  /**
   * told: settle() was called. durable: settled() has resolved after it. open: told before a
   * crash that came before it was durable, so that it may be there or not. replaying: it is
   * there, or the one that took its place is.
   */
  end: 'none' | 'told' | 'durable' | 'open' | 'replaying'
}

const RUNS = Number(process.env['SWITCHYARD_CRASH_RUNS'] ?? 60)

/** One life of a process: random work until its disk crashes. */
class Life {
  readonly #disk: FaultyDisk
  readonly #stage: StoreStage
  readonly #known: Map<number, Known>
  readonly #random: SeededRandom
  readonly #next: () => number

  constructor(
    disk: FaultyDisk,
    stage: StoreStage,
    known: Map<number, Known>,
    random: SeededRandom,
    next: () => number
  ) {
    this.#disk = disk
    this.#stage = stage
    this.#known = known
    this.#random = random
    this.#next = next
  }

  async run(steps: number): Promise<void> {
    // A process that is dead does nothing more, and knows of nothing more.
    for (let step = 0; step < steps && !this.#disk.isCrashed; step++) {
      const draw = this.#random.below(10)
      if (draw < 4) await this.#append(1 + this.#random.below(6))
      else if (draw < 7) this.#settleSome()
      else if (draw < 8) await this.#sync()
      else if (draw < 9) await this.#replaySome()
      await this.#stage.clock.advanceAsync(this.#random.pick([1, 20, 31_000]))
    }
  }

  async #append(count: number): Promise<void> {
    const entries = Array.from({ length: count }, () => {
      const number = this.#next()
      const bytes = this.#random.pick([0, 10, 700, 40_000])
      return sampleEntry(number, { key: `k${number % 3}`, body: bodyOf(number, bytes) })
    })
    const appends = entries.map(async (entry) => {
      try {
        const receipt = await this.#stage.store.append(entry)
        this.#known.set(receipt.seq, { receipt, entry, end: 'none' })
      } catch {
        // Refused: nothing is promised.
      }
    })
    await this.#whileTimePasses(Promise.all(appends))
  }

  #settleSome(): void {
    const open = [...this.#known.values()].filter(({ end }) => end === 'none')
    for (const known of open.slice(0, this.#random.below(open.length + 1))) {
      if (this.#random.chance(0.2)) continue
      known.end = 'told'
      const { seq } = known.receipt
      if (this.#random.chance(0.2)) {
        this.#stage.store.attempted(seq, { attempts: 1, status: 500, reason: 'no' })
        known.end = 'none'
      } else this.#stage.store.settle(seq, { kind: 'delivered', status: 200 })
    }
  }

  async #sync(): Promise<void> {
    const told = [...this.#known.values()].filter(({ end }) => end === 'told')
    try {
      await this.#whileTimePasses(this.#stage.store.settled())
      for (const known of told) known.end = 'durable'
    } catch {
      // A disk that fails promises nothing.
    }
  }

  async #replaySome(): Promise<void> {
    const open = [...this.#known.values()].filter(({ end }) => end === 'none')
    if (open.length === 0) return
    const known = this.#random.pick(open)
    this.#stage.store.settle(known.receipt.seq, { kind: 'dead', status: 400, reason: 'bad' })
    known.end = 'replaying'
    try {
      const receipt = await this.#whileTimePasses(this.#stage.store.replay(known.receipt.seq))
      known.end = 'durable'
      this.#known.set(receipt!.seq, { receipt: receipt!, entry: known.entry, end: 'none' })
    } catch {
      // Either the new one is there or the dead one is.
    }
  }

  async #whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = work.finally(() => (isDone = true))
    done.catch(() => undefined)
    for (let turn = 0; !isDone && turn < 200; turn++) await this.#stage.clock.advanceAsync(1)
    return this.#disk.isCrashed ? new Promise(() => {}) : done
  }
}

async function checkAll(store: RequestLog, known: ReadonlyMap<number, Known>): Promise<void> {
  const pending = await store.pendingAfter(0, 100_000)
  const seqs = pending.map(({ seq }) => seq)
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  const dead = await store.list({ states: ['dead'], limit: 100_000 })
  const there = new Set([...seqs, ...dead.map(({ seq }) => seq)])
  for (const [seq, { receipt, entry, end }] of known) {
    if (end === 'durable') expect(there.has(seq), `seq ${seq} was settled for good`).toBe(false)
    if (end === 'replaying' && !there.has(seq)) {
      const successor = await successorOf(store, receipt.id, entry, seqs)
      expect(there.has(successor), `seq ${seq} was being replayed`).toBe(true)
    }
    if (end !== 'none') continue
    expect(there.has(seq), `seq ${seq} was acknowledged`).toBe(true)
    const read = await store.read(seq)
    const { expiresAtMs: _, ...fields } = entry
    expect(read).toMatchObject({ ...fields, ...receipt })
    expect(await store.find(receipt.id)).toMatchObject({ seq })
  }
}

/** Where no status is kept, only its octets say which entry took the place of another. */
async function successorOf(
  store: RequestLog,
  id: string,
  { idempotencyKey }: NewEntry,
  seqs: readonly number[]
): Promise<number> {
  const head = await store.find(id)
  if (head !== null) return head.replayedAs ?? -1
  for (const seq of seqs) if ((await store.read(seq))?.idempotencyKey === idempotencyKey) return seq
  return -1
}

/** Lives of one store, each ended by a crash; then a start without faults. */
async function liveAndDie(
  seed: number,
  keepStatusMs: number,
  crashes: readonly { readonly atCall: number; readonly how: 'power' | 'kill' }[],
  faultOf: (call: DiskCall) => Fault | null = () => null
): Promise<void> {
  const random = new SeededRandom(seed)
  const known = new Map<number, Known>()
  let number = 0
  let disk = new FaultyDisk(() => null, seed)
  for (const { atCall, how } of crashes) {
    disk = disk.afterCrash('kill', (call) =>
      call.number === atCall ? { kind: 'crash' } : faultOf(call)
    )
    const current = disk
    const work = async (): Promise<void> => {
      const stage = await openStore(current, { keepStatusMs })
      await checkAll(stage.store, known)
      await new Life(current, stage, known, random, () => ++number).run(12)
    }
    const life = work()
    life.catch(() => undefined)
    await Promise.race([life, disk.crashed])
    disk = disk.afterCrash(how)
    for (const one of known.values()) if (one.end === 'told') one.end = 'open'
  }
  const { store, events } = await openStore(disk, { keepStatusMs })
  await checkAll(store, known)
  expect(events.filter(({ kind }) => kind === 'segment_missing')).toEqual([])
  await store.close()
}

const crash = fc.record({
  atCall: fc.integer({ min: 1, max: 400 }),
  how: fc.constantFrom('power' as const, 'kill' as const)
})

test('no crash loses, alters or reorders what was acknowledged', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.constantFrom(0, 3_600_000),
      fc.array(crash, { minLength: 1, maxLength: 4 }),
      async (seed, keepStatusMs, crashes) => liveAndDie(seed, keepStatusMs, crashes)
    ),
    { numRuns: RUNS }
  )
}, 120_000)
