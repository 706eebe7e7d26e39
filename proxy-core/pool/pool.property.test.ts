/**
 * Contract, whatever probes, traffic and operators do in whatever order: nothing goes to a backend
 * that may not have it, nobody is turned away while somebody could serve, retries keep to their
 * budget, nothing is left behind, and the same trace gives the same decisions.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ATTEMPT_FAILURES, statusFailure } from '../exchange/attempt-failure.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import type { Exchange } from '../exchange/exchange.ts'
import {
  DEFAULT_CIRCUIT_BREAKER,
  DEFAULT_FAILOVER,
  DEFAULT_OUTLIER,
  DEFAULT_RETRY
} from '../model/default-settings.ts'
import type { FailoverSettings, PoolSettings } from '../model/settings.ts'
import { RetryPolicy } from '../retry/retry-policy.ts'
import type { Backend } from './backend.ts'
import { SmallPool } from './testing/small-pool.ts'

type FailoverStrategy = FailoverSettings['strategy']

const ADDRESSES = ['a', 'b', 'c', 'd', 'e'] as const
/** a and b are primaries, c and d the first backups, e is the last. */
const LEVELS = { a: 0, b: 0, c: 1, d: 1, e: 2 } as const
const BUDGET = { ratio: 0.2, minPerSecond: 1 }

type Address = (typeof ADDRESSES)[number]

type Step =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'health'; readonly backend: Address; readonly to: 'up' | 'down' }
  | { readonly kind: 'admin'; readonly backend: Address; readonly to: 'ready' | 'drain' | 'maint' }
  | { readonly kind: 'weight'; readonly backend: Address; readonly to: number }
  | { readonly kind: 'ask'; readonly isIdempotent: boolean }
  | { readonly kind: 'end'; readonly which: number; readonly how: Outcome }
  | { readonly kind: 'activate' | 'deactivate' }

type Outcome = 'ok' | 'error' | 'refused' | 'reset' | 'timeout' | 'rejected' | 'left'

const backend = fc.constantFrom(...ADDRESSES)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.nat(8000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('health' as const),
      backend,
      to: fc.constantFrom('up' as const, 'down' as const)
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('admin' as const),
      backend,
      to: fc.constantFrom('ready' as const, 'drain' as const, 'maint' as const)
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('weight' as const), backend, to: fc.nat(3) })
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), isIdempotent: fc.boolean() })
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(20),
      how: fc.constantFrom<Outcome>(
        ...(['ok', 'error', 'refused', 'reset', 'timeout', 'rejected', 'left'] as const)
      )
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('activate' as const, 'deactivate' as const) })
  }
)

function settingsOf(strategy: FailoverStrategy, maxConnections: number): Partial<PoolSettings> {
  return {
    retryBudget: BUDGET,
    outlier: { ...DEFAULT_OUTLIER, consecutiveFailures: 2, minRequests: 5, baseEjectionMs: 3000 },
    circuitBreaker: { ...DEFAULT_CIRCUIT_BREAKER, failureThreshold: 4, recoveryTimeoutMs: 5000 },
    failover: {
      ...DEFAULT_FAILOVER,
      strategy,
      rampMs: 4000,
      delayMs: 3000,
      recoveryIntervalMs: 5000
    },
    maxConnections,
    queue: { size: 3, timeoutMs: 5000 }
  }
}

const ROUTE = {
  settings: { name: 'r', pool: 'main' },
  retry: new RetryPolicy({ ...DEFAULT_RETRY, attempts: 4 })
} as unknown as CompiledRoute

class Trace {
  readonly violations: string[] = []
  readonly #under: SmallPool
  readonly #running: Exchange[] = []

  constructor(strategy: FailoverStrategy, maxConnections: number) {
    const backends = ADDRESSES.map((address) => ({ address, level: LEVELS[address] }))
    this.#under = new SmallPool(settingsOf(strategy, maxConnections), ...backends)
    this.#under.watch = (chosen) => this.#checkChosen(chosen)
  }

  get decisions(): readonly string[] {
    return [...this.#under.sent, ...this.#under.refusals]
  }

  take(one: Step): void {
    this.#do(one)
    const { used, allowed } = this.#under.pool.retryBudget
    // What requests added goes after ten seconds, what was taken of it a moment later.
    if (used > allowed + 1 + BUDGET.ratio * 10)
      this.violations.push(`${used} retries of ${allowed}`)
  }

  /** Everything that still runs ends; nothing may be left of it. */
  finish(): void {
    for (let rounds = 0; this.#running.length > 0 && rounds < 1000; rounds++) this.#end(0, 'left')
    const { pool, clock } = this.#under
    pool.retire()
    const { inFlight, queued } = pool.counters
    const loads = pool.backends.map(({ load }) => load)
    expect([inFlight, queued, ...loads]).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(clock.pendingCount).toBe(0)
  }

  #do(one: Step): void {
    const { pool, clock } = this.#under
    switch (one.kind) {
      case 'time':
        clock.advance(one.ms)
        break
      case 'health':
        this.#under.backend(one.backend).setHealth(one.to, 'a probe', 0)
        break
      case 'admin':
        this.#under.backend(one.backend).setAdminState(one.to, 'an operator')
        break
      case 'weight':
        this.#under.backend(one.backend).setWeight(one.to, 'an operator')
        break
      case 'ask':
        this.#ask(one.isIdempotent)
        break
      case 'end':
        this.#end(one.which, one.how)
        break
      case 'activate':
        try {
          pool.failover.activate({ level: null, isForced: false, reason: 'test' })
        } catch {
          // Nobody stands by: refused with NO_STANDBY, as it should be.
        }
        break
      case 'deactivate':
        pool.failover.deactivate('test')
    }
  }

  #ask(isIdempotent: boolean): void {
    const couldServe = this.#someoneIsEligible()
    const refusalsBefore = this.#under.refusals.length
    const exchange = this.#under.ask(undefined, { compiledRoute: ROUTE, isIdempotent })
    const refusal = this.#under.refusals[refusalsBefore]
    if (refusal === undefined) this.#running.push(exchange)
    else if (refusal === '503 no_backend' && couldServe) {
      this.violations.push('turned away while somebody was eligible')
    }
  }

  /** Ends one that is at a backend; those that wait can only leave. */
  #end(which: number, how: Outcome): void {
    const exchange = this.#running[which % Math.max(1, this.#running.length)]
    if (exchange === undefined) return
    const { pool } = this.#under
    const backendOf = exchange.assignedBackend
    const refusalsBefore = this.#under.refusals.length
    if (how === 'left' || backendOf === null) return this.#forget(exchange)
    const lost = { refused: 'connect', reset: 'broken', timeout: 'timeout' } as const
    if (how === 'refused' || how === 'reset' || how === 'timeout') {
      pool.attemptFailed(exchange, ATTEMPT_FAILURES[lost[how]])
      if (this.#under.refusals.length > refusalsBefore) this.#remove(exchange)
      return
    }
    const status = how === 'ok' ? 200 : how === 'error' ? 500 : 503
    backendOf.judge?.answered(status, 5, 0, exchange.trial)
    const failure = statusFailure(status, 0)
    if (how === 'rejected' && pool.mayRetry(exchange, failure)) {
      pool.retry(exchange, failure)
      if (this.#under.refusals.length > refusalsBefore) this.#remove(exchange)
      return
    }
    exchange.status = status
    this.#forget(exchange)
  }

  #forget(exchange: Exchange): void {
    this.#under.end(exchange)
    this.#remove(exchange)
  }

  #remove(exchange: Exchange): void {
    this.#running.splice(this.#running.indexOf(exchange), 1)
  }

  /** A pool under `delayed` may wait; then requests queue, and a full queue is another refusal. */
  #someoneIsEligible(): boolean {
    return this.#under.pool.backends.some(({ isEligible, weight }) => isEligible && weight > 0)
  }

  #checkChosen(chosen: Backend): void {
    const { address, isHealthy, ejection, circuit, weight, level } = chosen
    const isTrial = circuit === 'half_open'
    if (!isHealthy || ejection !== null || circuit === 'open' || weight === 0) {
      this.violations.push(`${address} got a request while ${chosen.stateWords}, weight ${weight}`)
    }
    if (!isTrial && !chosen.isEligible) this.violations.push(`${address} was not eligible`)
    const { activeLevel } = this.#under.pool
    if (level < activeLevel && !this.#under.pool.failover.shares.has(level)) {
      this.violations.push(`${address} got a request although level ${activeLevel} serves`)
    }
  }
}

function run(trace: Trace, steps: readonly Step[]): void {
  for (const one of steps) trace.take(one)
  trace.finish()
}

const strategies = fc.constantFrom<FailoverStrategy>('immediate', 'graceful', 'delayed')

test('no trace of probes, traffic and operators breaks the rules of a pool', () => {
  fc.assert(
    fc.property(
      strategies,
      fc.nat(2),
      fc.array(step, { maxLength: 120 }),
      (strategy, max, steps) => {
        const trace = new Trace(strategy, max)
        run(trace, steps)
        expect(trace.violations).toEqual([])
      }
    ),
    { numRuns: 300 }
  )
})

test('the same trace gives the same decisions', () => {
  fc.assert(
    fc.property(strategies, fc.array(step, { maxLength: 80 }), (strategy, steps) => {
      const [one, other] = [new Trace(strategy, 1), new Trace(strategy, 1)]
      run(one, steps)
      run(other, steps)
      expect(other.decisions).toEqual(one.decisions)
    }),
    { numRuns: 100 }
  )
})
