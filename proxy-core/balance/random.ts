/**
 * The power of two choices (Mitzenmacher 2001): two targets are drawn at random, in
 * proportion to their weights, and the one with less load per weight is picked.
 */
import type { Random } from '../time/clock.ts'
import type { Balancer, BalancerFactory, BalanceTarget, PickRequest } from './balancer.ts'
import { TwoDraws } from './two-draws.ts'

class RandomOfTwo<T extends BalanceTarget> implements Balancer<T> {
  readonly #draws: TwoDraws<T>
  #targets: readonly T[] = []

  constructor(random: Random) {
    this.#draws = new TwoDraws<T>(random)
  }

  rebuild(targets: readonly T[]): void {
    this.#targets = targets.slice()
    this.#draws.rebuild(this.#targets)
  }

  pick(_request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    const draws = this.#draws
    draws.draw(excluded)
    return lessLoaded(this.#targets[draws.first], this.#targets[draws.second])
  }
}

/** The first among equals: it was drawn by weight. */
function lessLoaded<T extends BalanceTarget>(
  first: T | undefined,
  second: T | undefined
): T | undefined {
  if (first === undefined || second === undefined) return first ?? second
  const isSecondLess = second.load * first.effectiveWeight < first.load * second.effectiveWeight
  return isSecondLess ? second : first
}

export const randomOfTwo: BalancerFactory = <T extends BalanceTarget>(random: Random) =>
  new RandomOfTwo<T>(random)
