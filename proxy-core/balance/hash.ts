/** By a key of the request (`hash`): requests with the same key go to the same target. */
import type { HashMethod } from '../model/balance-settings.ts'
import { DEFAULT_HASH_METHOD } from '../model/default-settings.ts'
import type { Random } from '../time/clock.ts'
import type { BalanceOptions, BalancerFactory, BalanceTarget, Member } from './balancer.ts'
import { hashRing } from './hash-ring.ts'
import type { KeyOrder } from './key-order.ts'
import { KeyedBalancer } from './keyed-balancer.ts'
import { LoadBound } from './load-bound.ts'
import { maglev } from './maglev.ts'
import { rendezvous } from './rendezvous.ts'

const METHODS: Readonly<
  Record<HashMethod, <T extends BalanceTarget>(members: readonly Member[]) => KeyOrder<T>>
> = {
  rendezvous,
  maglev,
  ring: hashRing
}

export const requestHash: BalancerFactory = <T extends BalanceTarget>(
  random: Random,
  options: BalanceOptions
) => {
  const { method = DEFAULT_HASH_METHOD, loadBound = 0 } = options.hash ?? {}
  const bound = loadBound === 0 ? null : new LoadBound<T>(loadBound)
  return new KeyedBalancer<T>(METHODS[method]<T>(options.members), bound, random, options)
}
