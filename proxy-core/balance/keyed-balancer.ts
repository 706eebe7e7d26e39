/**
 * What all algorithms that go by a key have in common: a request without one is placed by
 * round robin, as in HAProxy; a bound on the load, where there is one, is looked at before the
 * order of the key is followed further.
 */
import type { Random } from '../time/clock.ts'
import type { BalanceOptions, Balancer, BalanceTarget, PickRequest } from './balancer.ts'
import { keyHash } from './key-hash.ts'
import { Gate, type KeyOrder } from './key-order.ts'
import type { LoadBound } from './load-bound.ts'
import { smoothWeightedRoundRobin } from './smooth-weighted-round-robin.ts'

export class KeyedBalancer<T extends BalanceTarget> implements Balancer<T> {
  readonly loadChanged?: (target: T) => void
  readonly #order: KeyOrder<T>
  readonly #bound: LoadBound<T> | null
  readonly #keyless: Balancer<T>
  readonly #gate = new Gate<T>()

  constructor(
    order: KeyOrder<T>,
    bound: LoadBound<T> | null,
    random: Random,
    options: BalanceOptions
  ) {
    this.#order = order
    this.#bound = bound
    this.#keyless = smoothWeightedRoundRobin<T>(random, options)
    if (bound !== null) this.loadChanged = (target) => bound.loadChanged(target)
  }

  rebuild(targets: readonly T[]): void {
    this.#order.rebuild(targets)
    this.#bound?.rebuild(targets)
    this.#keyless.rebuild(targets)
  }

  pick(request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    if (request.key === '') return this.#keyless.pick(request, excluded)
    const hash = keyHash(request.key)
    const gate = this.#gate
    gate.excluded = excluded !== undefined && excluded.size > 0 ? excluded : null
    gate.bound = this.#bound
    gate.sparesCold = true
    const found = this.#order.first(hash, gate)
    if (found !== undefined) return found
    // Rather one that is still cold, or too many on one, than no answer.
    gate.sparesCold = false
    const cold = this.#order.first(hash, gate)
    if (cold !== undefined || this.#bound === null) return cold
    gate.bound = null
    return this.#order.first(hash, gate)
  }
}
