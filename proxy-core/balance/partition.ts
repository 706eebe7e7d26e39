/**
 * By a part of the keys (`partition`): a request belongs to partition hash(key) mod count.
 *
 * `modulo`: partition n has its home at the n-th target of the configuration, eligible or not,
 * so that the state of one target never moves the keys of another. While the home takes no
 * requests the next eligible target of the configuration stands in (`next`), or nobody does
 * (`refuse`); a slow start moves nothing. `consistent`: partitions have their targets by weighted rendezvous hashing.
 */
import type { PartitionSettings } from '../model/balance-settings.ts'
import { DEFAULT_PARTITION } from '../model/default-settings.ts'
import type { Random } from '../time/clock.ts'
import type { BalanceOptions, BalancerFactory, BalanceTarget, Member } from './balancer.ts'
import { avalanche } from './key-hash.ts'
import { firstOpenFrom, type Gate, type KeyOrder } from './key-order.ts'
import { KeyedBalancer } from './keyed-balancer.ts'
import { rendezvous } from './rendezvous.ts'

type Division = Omit<PartitionSettings, 'key' | 'method'>

class StaticPartitions<T extends BalanceTarget> implements KeyOrder<T> {
  readonly #division: Division
  readonly #members: readonly Member[]
  /** One for each configured target of the level; undefined while it takes no requests. */
  #homes: readonly (T | undefined)[] = []
  /** Targets that help out from another level: home of no partition. */
  #guests: readonly T[] = []

  constructor(division: Division, members: readonly Member[]) {
    this.#division = division
    this.#members = members
  }

  rebuild(targets: readonly T[]): void {
    const level = targets[0]?.level
    const eligible = new Map(targets.map((target) => [target.address, target]))
    const homes: (T | undefined)[] = []
    for (const member of this.#members) {
      if (member.level !== level) continue
      homes.push(eligible.get(member.address))
      eligible.delete(member.address)
    }
    this.#homes = homes
    this.#guests = [...eligible.values()]
  }

  first(hash: number, gate: Gate<T>): T | undefined {
    const { count, whenUnavailable } = this.#division
    const homes = this.#homes
    if (homes.length === 0) return firstOpenFrom(this.#guests, hash, gate)
    const home = (hash % (count === 0 ? homes.length : count)) % homes.length
    const reach = whenUnavailable === 'next' ? homes.length : 1
    for (let step = 0; step < reach; step++) {
      const target = homes[(home + step) % homes.length]
      if (target !== undefined && gate.excluded?.has(target) !== true) return target
    }
    return whenUnavailable === 'next' ? firstOpenFrom(this.#guests, hash, gate) : undefined
  }
}

class ConsistentPartitions<T extends BalanceTarget> implements KeyOrder<T> {
  readonly #count: number
  readonly #order = rendezvous<T>()

  constructor(count: number) {
    this.#count = count
  }

  rebuild(targets: readonly T[]): void {
    this.#order.rebuild(targets)
  }

  first(hash: number, gate: Gate<T>): T | undefined {
    const partition = this.#count === 0 ? hash : avalanche((hash % this.#count) + 1)
    return this.#order.first(partition, gate)
  }
}

export const partitioned: BalancerFactory = <T extends BalanceTarget>(
  random: Random,
  options: BalanceOptions
) => {
  const settings = options.partition ?? DEFAULT_PARTITION
  const order =
    settings.method === 'modulo'
      ? new StaticPartitions<T>(settings, options.members)
      : new ConsistentPartitions<T>(settings.count)
  return new KeyedBalancer<T>(order, null, random, options)
}
