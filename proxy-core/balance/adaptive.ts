/**
 * By observed latency (`adaptive`): of two targets drawn by weight, the one with the lower
 * cost × (requests in flight + 1) / weight. Cost is the moving average of `peak-ewma.ts`, made
 * larger where attempts fail.
 */
import type { Random } from '../time/clock.ts'
import type {
  BalanceOptions,
  Balancer,
  BalancerFactory,
  BalanceTarget,
  PickRequest
} from './balancer.ts'
import { PeakEwma } from './peak-ewma.ts'
import { TwoDraws } from './two-draws.ts'

/**
 * What a target costs beside its latency when all of its attempts fail, in average latencies of
 * the pool. It goes with the square of the share: one failure among many successes is a
 * nuisance, one after the other are an outage.
 */
const FAILURE_FACTOR = 1000
/** Below this nothing is known any more. */
const FORGOTTEN_MS = 0.001
/** Of a forgotten target that has not answered yet: more than any latency (Finagle). */
const UNANSWERED_MS = 1e9
/** What one success moves the average of the pool. */
const AVERAGE_STEP = 1 / 32
const FIRST_AVERAGE_MS = 30

class Adaptive<T extends BalanceTarget> implements Balancer<T> {
  readonly #draws: TwoDraws<T>
  readonly #now: () => number
  #targets: readonly T[] = []
  /** In the order of the targets. */
  #costs: readonly PeakEwma[] = []
  #costOf: ReadonlyMap<T, PeakEwma> = new Map()
  /** Over the successes of all targets. */
  #averageMs = FIRST_AVERAGE_MS

  constructor(random: Random, now: () => number) {
    this.#draws = new TwoDraws<T>(random)
    this.#now = now
  }

  rebuild(targets: readonly T[]): void {
    const nowMs = this.#now()
    this.#targets = targets.slice()
    this.#costs = targets.map((target) => this.#costOf.get(target) ?? new PeakEwma(nowMs))
    this.#costOf = new Map(targets.map((target, index) => [target, this.#costs[index]!]))
    this.#draws.rebuild(this.#targets)
  }

  pick(_request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    const draws = this.#draws
    draws.draw(excluded)
    const first = this.#targets[draws.first]
    const second = this.#targets[draws.second]
    if (first === undefined || second === undefined) return first
    const nowMs = this.#now()
    const isSecondLess =
      this.#burden(second, draws.second, nowMs) < this.#burden(first, draws.first, nowMs)
    return isSecondLess ? second : first
  }

  observed(target: T, latencyMs: number, hasFailed: boolean): void {
    this.#costOf.get(target)?.observe(latencyMs, hasFailed, this.#now())
    if (!hasFailed) this.#averageMs += (latencyMs - this.#averageMs) * AVERAGE_STEP
  }

  #burden(target: T, index: number, nowMs: number): number {
    const known = this.#costs[index]!
    known.decay(nowMs)
    const { costMs, failureShare } = known
    const failureMs = FAILURE_FACTOR * failureShare * failureShare * this.#averageMs
    const isForgotten = costMs < FORGOTTEN_MS && target.load > 0
    const expectedMs = (isForgotten ? UNANSWERED_MS : costMs) + failureMs
    return (expectedMs * (target.load + 1)) / target.effectiveWeight
  }
}

export const adaptive: BalancerFactory = <T extends BalanceTarget>(
  random: Random,
  { now }: BalanceOptions
) => new Adaptive<T>(random, now)
