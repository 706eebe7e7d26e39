/**
 * Whatever keys come, whatever fails, whoever is away and whatever operators remove: of one key no
 * two run at a time and none overtakes an older one, no more run than may, and in the end nothing
 * is left.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeliveryBench } from './testing/delivery-bench.ts'
import { AWAY, BUSY, FAILED, TAKEN, type Carried } from './testing/scripted-carrier.ts'

const CONCURRENCY = 6
const STEP_MS = 700

type Step =
  | { readonly kind: 'accept'; readonly key: string; readonly count: number }
  | {
      readonly kind: 'report'
      readonly which: number
      readonly how: 'taken' | 'failed' | 'away' | 'busy' | 'dead'
    }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'pool'; readonly isServing: boolean }

const REPORTS = {
  taken: TAKEN,
  failed: FAILED,
  away: AWAY,
  busy: BUSY,
  dead: { kind: 'answered', status: 400, retryAfterMs: 0 }
} as const

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('accept' as const),
      key: fc.constantFrom('', 'a', 'b', 'c', 'd'),
      // Now and then more than are at hand of one key, and of all.
      count: fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.constant(400))
    })
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      which: fc.nat(CONCURRENCY - 1),
      how: fc.constantFrom('taken', 'taken', 'taken', 'failed', 'away', 'busy', 'dead')
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'wait' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pool' as const), isServing: fc.boolean() })
  }
)

/** What began, held against the rules. */
class Referee {
  readonly #made: DeliveryBench
  readonly #newest = new Map<string, number>()

  constructor(made: DeliveryBench) {
    this.#made = made
    made.carrier.began = ({ seq, key }) => {
      if (key !== '') {
        const others = made.carrier.under.filter(({ entry }) => entry.key === key)
        expect(others.map(({ entry }) => entry.seq)).toEqual([seq])
        expect(seq).toBeGreaterThanOrEqual(this.#newest.get(key) ?? 0)
        this.#newest.set(key, seq)
        const older = made.store.all.find(
          (entry) => entry.key === key && entry.seq < seq && entry.state === 'pending'
        )
        expect(older).toBeUndefined()
      }
      expect(made.carrier.under.length).toBeLessThanOrEqual(CONCURRENCY)
    }
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      this.#take(one)
      if (one.kind === 'wait') await this.#made.clock.advanceAsync(STEP_MS)
      await this.#made.settle()
    }
  }

  /** From here on everything succeeds. */
  async finish(): Promise<void> {
    const { carrier, clock, store } = this.#made
    this.#made.isPoolServing = true
    for (let turn = 0; turn < 5000 && store.stats().pending > 0; turn++) {
      for (const { report } of [...carrier.under]) report(TAKEN)
      await this.#made.settle()
      if (carrier.under.length === 0) {
        await clock.advanceAsync(STEP_MS)
        await this.#made.settle()
      }
    }
    expect(store.stats().pending).toBe(0)
  }

  #take(one: Step): void {
    const { carrier } = this.#made
    switch (one.kind) {
      case 'accept':
        for (let turn = 0; turn < one.count; turn++) this.#made.accept(one.key)
        return
      case 'report': {
        const carried: Carried | undefined = carrier.under[one.which]
        carried?.report(REPORTS[one.how])
        return
      }
      case 'remove':
        this.#remove(one.which)
        return
      case 'pool':
        this.#made.isPoolServing = one.isServing
        this.#made.poolChanged()
        return
      case 'wait':
        return
    }
  }

  /** Operators remove what they like, but nothing that is under way. */
  #remove(which: number): void {
    const { carrier, store } = this.#made
    const flying = new Set(carrier.under.map(({ entry }) => entry.seq))
    const pending = store.all.filter(({ state, seq }) => state === 'pending' && !flying.has(seq))
    const chosen = pending[which % Math.max(1, pending.length)]
    if (chosen !== undefined) store.settle(chosen.seq, { kind: 'deleted' })
  }
}

test('the rules hold', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const made = new DeliveryBench({
        concurrency: CONCURRENCY,
        backoff: { scaleMs: 500, growth: 2, minMs: 0, maxMs: 2000, jitter: 'full' }
      })
      const referee = new Referee(made)
      await referee.run(steps)
      await referee.finish()
      // A rule that was broken in the midst of a delivery is a defect there.
      expect(made.events.filter(({ kind }) => kind === 'fault')).toEqual([])
      const drained = made.desk.drain()
      made.desk.cut()
      await drained
      expect(made.clock.pendingCount).toBe(0)
    }),
    { numRuns: 200 }
  )
})
