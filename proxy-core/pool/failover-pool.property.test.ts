/**
 * Contract, for any trace of health, weights, time, requests and operators: no request goes to a
 * backend that is not eligible; none is refused while anybody could take it; none waits but for a
 * level that is lost and delayed for, and all who wait are served or told when that is over.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Exchange } from '../exchange/exchange.ts'
import { DEFAULT_FAILOVER } from '../model/default-settings.ts'
import type { FailoverSettings } from '../model/settings.ts'
import { SmallPool } from './testing/small-pool.ts'

const ADDRESSES = ['p1', 'p2', 's1', 's2', 't1']
const BACKENDS = ADDRESSES.map((address) => ({ address, level: 'pst'.indexOf(address[0]!) }))

const failover: fc.Arbitrary<Partial<FailoverSettings>> = fc.record({
  mode: fc.constantFrom('switch', 'switch', 'switch', 'spill', 'progressive'),
  strategy: fc.constantFrom('immediate', 'graceful', 'delayed'),
  failback: fc.constantFrom('automatic', 'manual'),
  within: fc.constantFrom('all', 'first'),
  rampMs: fc.constantFrom(0, 2000),
  delayMs: fc.constantFrom(500, 3000),
  recoveryIntervalMs: fc.constantFrom(0, 2000),
  failbackRampMs: fc.constantFrom(0, 1000),
  minEligible: fc.constantFrom(1, 2)
})

type Step =
  | { readonly kind: 'health'; readonly backend: number; readonly isUp: boolean }
  | { readonly kind: 'drain'; readonly backend: number; readonly isReady: boolean }
  | { readonly kind: 'weight'; readonly backend: number; readonly weight: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'ask' }
  | { readonly kind: 'activate'; readonly level: number; readonly isForced: boolean }
  | { readonly kind: 'deactivate' }

const backend = fc.nat(ADDRESSES.length - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('health' as const), backend, isUp: fc.boolean() })
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('drain' as const), backend, isReady: fc.boolean() })
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('weight' as const), backend, weight: fc.nat(2) })
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(4000) }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'ask' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('activate' as const),
      level: fc.nat(2),
      isForced: fc.boolean()
    })
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'deactivate' } as const) }
)

class Trace {
  readonly small: SmallPool
  #waiting: Exchange[] = []

  constructor(settings: Partial<FailoverSettings>) {
    this.small = new SmallPool({ failover: { ...DEFAULT_FAILOVER, ...settings } }, ...BACKENDS)
    this.small.watch = ({ isEligible, weight }) => expect(isEligible && weight > 0).toBe(true)
  }

  take(one: Step): void {
    const { small } = this
    const named = 'backend' in one ? small.backend(ADDRESSES[one.backend]!) : null
    if (one.kind === 'health') named!.setHealth(one.isUp ? 'up' : 'down', 'test', 0)
    else if (one.kind === 'drain') named!.setAdminState(one.isReady ? 'ready' : 'drain', 'test')
    else if (one.kind === 'weight') named!.setWeight(one.weight, 'test')
    else if (one.kind === 'wait') small.clock.advance(one.ms)
    else if (one.kind === 'ask') this.#ask()
    else this.#command(one)
    this.#expectSound()
  }

  /** Everybody has been served or told, and no timer is left. */
  end(): void {
    this.small.clock.advance(60_000)
    this.#endServed()
    expect(this.#waiting).toEqual([])
    this.small.pool.retire()
    expect(this.small.clock.pendingCount).toBe(0)
  }

  #ask(): void {
    const refused = this.small.refusals.length
    const exchange = this.small.ask()
    const hasBeenRefused = this.small.refusals.length > refused
    expect(hasBeenRefused && this.#isAnybodyThere).toBe(false)
    if (!hasBeenRefused) this.#waiting.push(exchange)
  }

  #command(one: Extract<Step, { kind: 'activate' | 'deactivate' }>): void {
    const { failover: control } = this.small.pool
    try {
      if (one.kind === 'deactivate') control.deactivate('test')
      else control.activate({ level: one.level, isForced: one.isForced, reason: 'test' })
    } catch (error) {
      expect(['NO_STANDBY', 'FAILOVER_NOT_CONFIGURED']).toContain((error as { code: string }).code)
    }
  }

  #expectSound(): void {
    this.#endServed()
    const { phase, strategy } = this.small.pool.failoverStatus()
    if (this.#waiting.length > 0) expect([phase, strategy]).toEqual(['pending', 'delayed'])
  }

  #endServed(): void {
    for (const exchange of this.#waiting) if (!exchange.isQueued) this.small.end(exchange)
    this.#waiting = this.#waiting.filter(({ isQueued }) => isQueued)
  }

  get #isAnybodyThere(): boolean {
    return this.small.pool.backends.some(({ isEligible, weight }) => isEligible && weight > 0)
  }
}

test('who serves is eligible, nobody is refused in vain, nobody waits for ever', () => {
  fc.assert(
    fc.property(failover, fc.array(step, { maxLength: 60 }), (settings, steps) => {
      const trace = new Trace(settings)
      for (const one of steps) trace.take(one)
      trace.end()
    }),
    { numRuns: 400 }
  )
})

test('the same trace sends the same requests to the same backends', () => {
  fc.assert(
    fc.property(failover, fc.array(step, { maxLength: 40 }), (settings, steps) => {
      const run = (): unknown => {
        const trace = new Trace(settings)
        for (const one of steps) trace.take(one)
        const { sent, events } = trace.small
        trace.end()
        return [sent, events]
      }
      expect(run()).toEqual(run())
    })
  )
})
