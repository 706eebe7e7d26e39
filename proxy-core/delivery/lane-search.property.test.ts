/**
 * Contract: whatever is passed over, for want of room or because its key waits, is found again in
 * its order, however searches, deliveries, waits and removals interleave; and the bounds hold. The
 * bounds are small here, so that nearly everything is passed over.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { routeHashOf } from '../store/entry-hash.ts'
import type { Lane } from './lane.ts'
import { LaneBook, type LaneLimits } from './lane-book.ts'
import { LaneSearch } from './lane-search.ts'
import { MemoryStore } from './testing/memory-store.ts'

const ROUTE = 'orders'
const LIMITS: LaneLimits = { atHand: 9, ofKey: 4, lanes: 5 }
const BATCH = 3

type Step =
  | { readonly kind: 'accept'; readonly key: string }
  | { readonly kind: 'look' }
  | { readonly kind: 'answer' }
  | { readonly kind: 'begin' }
  | {
      readonly kind: 'end'
      readonly which: number
      readonly how: 'done' | 'time' | 'pool' | 'back'
    }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'wake' }
  | { readonly kind: 'pool' }

const only = <K extends Step['kind']>(kind: K): fc.Arbitrary<{ readonly kind: K }> =>
  fc.constant({ kind })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('accept' as const),
      key: fc.constantFrom('', 'a', 'a', 'a', 'a', 'b', 'c')
    })
  },
  { weight: 5, arbitrary: only('look') },
  { weight: 6, arbitrary: only('answer') },
  { weight: 5, arbitrary: only('begin') },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(3),
      how: fc.constantFrom('done', 'done', 'time', 'pool', 'pool', 'back')
    })
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat(20) }) },
  { weight: 4, arbitrary: only('wake') },
  { weight: 3, arbitrary: only('pool') }
)

class Run {
  readonly #store = new MemoryStore()
  readonly #lanes = new LaneBook(LIMITS)
  readonly #search: LaneSearch
  readonly #busy: Lane[] = []
  /** Answers of the store that are still on their way. */
  readonly #answers: (() => void)[] = []
  #isLooking = false
  #now = 0

  constructor() {
    const { pendingAfter } = this.#store
    this.#store.pendingAfter = async (seq, limit) => {
      const found = await pendingAfter.call(this.#store, seq, limit)
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#answers.push(resolve)
      await promise
      return found
    }
    this.#search = new LaneSearch(this.#store, routeHashOf(ROUTE), this.#lanes, BATCH)
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case 'accept':
        this.#accept(one.key)
        break
      case 'look':
        this.#look()
        break
      case 'answer':
        this.#answers.shift()?.()
        break
      case 'begin':
        this.#begin()
        break
      case 'end':
        this.#end(one.which, one.how)
        break
      case 'remove':
        this.#remove(one.which)
        break
      case 'wake':
        this.#lanes.wake(++this.#now)
        break
      case 'pool':
        this.#lanes.poolChanged()
        break
    }
    await ManualClock.flush()
    this.#checkBounds()
  }

  async finish(): Promise<void> {
    for (let turn = 0; turn < 2000 && this.#store.stats().pending > 0; turn++) {
      for (const kind of ['look', 'answer', 'wake', 'pool', 'begin'] as const) {
        await this.take({ kind })
      }
      while (this.#busy.length > 0) this.#end(0, 'done')
    }
    expect(this.#store.stats().pending).toBe(0)
  }

  #accept(key: string): void {
    this.#store.add({
      ...{ route: ROUTE, key, method: 'POST', target: '/', head: '', idempotencyKey: '' },
      ...{ receivedAtMs: 0, expiresAtMs: Infinity, body: Buffer.alloc(0) }
    })
    this.#search.appended()
  }

  #look(): void {
    if (this.#isLooking || !this.#search.isWorthwhile(this.#lanes.firstReady === undefined)) return
    this.#isLooking = true
    void this.#search.step().then(() => (this.#isLooking = false))
  }

  #begin(): void {
    const lane = this.#lanes.begin()
    if (lane === undefined) return
    const { seq } = lane.first!
    const { key, state } = this.#store.all[seq - 1]!
    if (state !== 'pending') {
      this.#lanes.finish(lane)
      return
    }
    const older = this.#store.all.find(
      (entry) => entry.key === key && key !== '' && entry.seq < seq && entry.state === 'pending'
    )
    expect(older, `before ${seq} of ${key}`).toBeUndefined()
    const twins = this.#busy.filter(({ first }) => first!.seq === seq)
    expect(twins, `${seq} twice`).toEqual([])
    this.#busy.push(lane)
  }

  #end(which: number, how: 'done' | 'time' | 'pool' | 'back'): void {
    const [lane] = this.#busy.splice(which, 1)
    if (lane === undefined) return
    if (how === 'time') return this.#lanes.wait(lane, this.#now + 2)
    if (how === 'pool') return this.#lanes.wait(lane, Infinity)
    if (how === 'back') return this.#lanes.putBack(lane)
    this.#store.settle(lane.first!.seq, { kind: 'delivered', status: 200 })
    this.#lanes.finish(lane)
  }

  /** By an operator: anything but what is under way. */
  #remove(which: number): void {
    const flying = new Set(this.#busy.map(({ first }) => first!.seq))
    const pending = this.#store.all.filter(
      ({ state, seq }) => state === 'pending' && !flying.has(seq)
    )
    const chosen = pending[which]
    if (chosen !== undefined) this.#store.settle(chosen.seq, { kind: 'deleted' })
  }

  #checkBounds(): void {
    expect(this.#lanes.size).toBeLessThanOrEqual(LIMITS.lanes)
    // Lanes that come out of a wait bring the entry that they have kept.
    expect(this.#lanes.atHand).toBeLessThanOrEqual(LIMITS.atHand + LIMITS.lanes)
    expect(this.#lanes.atHand).toBeGreaterThanOrEqual(0)
  }
}

test('nothing is lost, doubled or overtaken', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 200 }), async (steps) => {
      const run = new Run()
      for (const one of steps) await run.take(one)
      await run.finish()
    }),
    { numRuns: 400 }
  )
})
