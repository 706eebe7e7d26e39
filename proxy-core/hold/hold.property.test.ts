/**
 * Contract, for any trace of arrivals, answers, failures, leavings, health and operators: those who
 * wait go on in their order, within every limit; each request ends once; nobody waits once somebody
 * serves; and nothing is left behind, neither octets nor timers.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ATTEMPT_FAILURES } from '../exchange/attempt-failure.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import { BodyFraming, type Exchange } from '../exchange/exchange.ts'
import type { HoldSettings } from '../model/buffer-settings.ts'
import { SmallPool } from '../pool/testing/small-pool.ts'

const HOLD: HoldSettings = {
  ...{ timeoutMs: 5000, maxRequests: 6, maxBytes: 100, memoryBytes: 50, bodyLimitBytes: 40 }
}
const ROUTE = {
  settings: { name: 'r', hold: { timeoutMs: 5000, bodyLimitBytes: 40 } },
  retry: null
} as unknown as CompiledRoute
const ADDRESSES = ['a', 'b']

type Step =
  | { readonly kind: 'ask'; readonly bytes: number; readonly isIdempotent: boolean }
  | { readonly kind: 'answer' | 'refuse' | 'break' | 'leave'; readonly which: number }
  | { readonly kind: 'health'; readonly backend: number; readonly isUp: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'hold'; readonly ms: number }
  | { readonly kind: 'release' }

const which = fc.nat(20)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      bytes: fc.constantFrom(0, 0, 10, 30, 50),
      isIdempotent: fc.boolean()
    })
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('answer', 'refuse', 'break', 'leave'),
      which
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('health' as const),
      backend: fc.nat(ADDRESSES.length - 1),
      isUp: fc.boolean()
    })
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(3000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const), ms: fc.nat(4000) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'release' } as const) }
)

class Trace {
  readonly small = new SmallPool({ hold: HOLD }, ...ADDRESSES.map((address) => ({ address })))
  /** Neither answered nor told why not. */
  readonly #open = new Set<Exchange>()
  #asked = 0

  constructor() {
    this.small.watch = (backend, exchange) => {
      expect(backend.isEligible).toBe(true)
      if (exchange.hold === null) return
      const waiting = this.#waiting.filter((one) => one !== exchange)
      for (const other of waiting) expect(exchange.startedMs).toBeLessThanOrEqual(other.startedMs)
    }
  }

  take(one: Step): void {
    const { small } = this
    if (one.kind === 'ask') this.#ask(one.bytes, one.isIdempotent)
    else if (one.kind === 'health') {
      const health = one.isUp ? 'up' : 'down'
      small.backend(ADDRESSES[one.backend]!).setHealth(health, 'test', 0)
    } else if (one.kind === 'wait') this.#wait(one.ms)
    else if (one.kind === 'hold') small.pool.holdLine!.beginOperatorHold(one.ms + 1, 'test')
    else if (one.kind === 'release') small.pool.holdLine!.endOperatorHold('test')
    else this.#touch(one)
    this.#expectSound()
  }

  /** Everybody serves, and answers at once. */
  end(): void {
    this.small.pool.holdLine!.endOperatorHold('test')
    for (const address of ADDRESSES) this.small.backend(address).setHealth('up', 'test', 0)
    for (let round = 0; this.#open.size > 0 && round < 50; round++) {
      for (const one of this.#flying) this.#answer(one)
      this.#wait(100)
    }
    expect(this.#open.size).toBe(0)
    expect(this.small.pool.holdStatus()).toMatchObject({ held: 0, bytes: 0, oldestMs: null })
    this.#expectFreshPace()
    this.small.pool.retire()
    expect(this.small.clock.pendingCount).toBe(0)
  }

  /** Of a new outage nobody remembers the last one: as many go at once as ever, and no more wait. */
  #expectFreshPace(): void {
    const set = (health: 'up' | 'down'): void => {
      for (const address of ADDRESSES) this.small.backend(address).setHealth(health, 'test', 0)
    }
    set('down')
    for (let n = 0; n < 10; n++) this.#ask(0, true)
    expect(this.#waiting).toHaveLength(HOLD.maxRequests)
    set('up')
    expect(this.#flying).toHaveLength(4)
    while (this.#flying.length > 0) for (const one of this.#flying) this.#answer(one)
  }

  #ask(bytes: number, isIdempotent: boolean): void {
    // No two begin at the same moment, so that the order is one.
    this.small.clock.advance(1)
    this.#asked++
    const parts = { compiledRoute: ROUTE, isIdempotent, bodyFraming: BodyFraming.LENGTH }
    const exchange = this.small.ask(undefined, {
      ...parts,
      ...{ target: `/${this.#asked}`, requestBytes: bytes, isRequestComplete: true }
    })
    if (exchange.assignedBackend !== null || exchange.hold !== null) this.#open.add(exchange)
  }

  #touch({ kind, which: number }: Extract<Step, { which: number }>): void {
    const among = kind === 'leave' ? [...this.#open] : this.#flying
    const exchange = among[number % Math.max(1, among.length)]
    if (exchange === undefined) return
    const { pool } = this.small
    if (kind === 'answer') this.#answer(exchange)
    else if (kind === 'leave') this.#end(exchange)
    else pool.attemptFailed(exchange, ATTEMPT_FAILURES[kind === 'refuse' ? 'connect' : 'broken'])
  }

  #answer(exchange: Exchange): void {
    exchange.hasResponseStarted = true
    if (exchange.hold !== null) this.small.pool.holdLine!.answered(exchange)
    this.#end(exchange)
  }

  #end(exchange: Exchange): void {
    this.#open.delete(exchange)
    this.small.end(exchange)
  }

  /** As the clients' deadlines have it. */
  #wait(ms: number): void {
    const { clock, pool } = this.small
    const untilMs = clock.now() + ms
    for (;;) {
      const next = this.#waiting.sort((a, b) => a.totalDeadlineMs - b.totalDeadlineMs)[0]
      if (next === undefined || next.totalDeadlineMs > untilMs) break
      clock.advance(Math.max(0, next.totalDeadlineMs - clock.now()))
      if (next.hold?.isWaiting === true) pool.holdLine!.expired(next)
    }
    clock.advance(Math.max(0, untilMs - clock.now()))
  }

  #expectSound(): void {
    for (const one of this.#open) {
      if (one.assignedBackend === null && one.hold === null) this.#open.delete(one)
    }
    const { held, bytes, operator } = this.small.pool.holdStatus()!
    expect(held).toBe(this.#waiting.length)
    expect(held).toBeLessThanOrEqual(HOLD.maxRequests)
    expect(bytes).toBeLessThanOrEqual(HOLD.maxBytes)
    const order = this.small.pool.heldRequests(100).map(({ target }) => Number(target.slice(1)))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    if (operator !== null) return
    const isServed = this.small.pool.backends.some(({ isEligible }) => isEligible)
    // Somebody is under way, or the next try is waited for.
    if (held > 0 && isServed) expect(this.#isGoingOn).toBe(true)
  }

  get #isGoingOn(): boolean {
    const released = [...this.#open].filter(({ hold }) => hold !== null && !hold.isWaiting)
    return released.length > 0 || this.small.clock.pendingCount > 0
  }

  get #flying(): Exchange[] {
    return [...this.#open].filter(({ assignedBackend }) => assignedBackend !== null)
  }

  get #waiting(): Exchange[] {
    return [...this.#open].filter(({ hold }) => hold?.isWaiting === true)
  }
}

test('the line keeps its order and its limits, and leaves nothing behind', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const trace = new Trace()
      for (const one of steps) trace.take(one)
      trace.end()
    }),
    { numRuns: 500 }
  )
})
