/**
 * Everyone of a level who may ever get a key: the configured members, eligible or not, and
 * targets that help out from another level. Tables are made of seats and not of targets, so that
 * a target which is away for a while moves no keys but its own, costs no new table, and leaves
 * the same table in a balancer that has never seen it.
 */
import type { BalanceTarget, Member } from './balancer.ts'

export interface Seat<T extends BalanceTarget> {
  readonly address: string
  readonly weight: number
  /** undefined while it takes no requests. */
  target: T | undefined
}

export class Seats<T extends BalanceTarget> {
  readonly #members: readonly Member[]
  #byAddress: ReadonlyMap<string, Seat<T>> = new Map()
  /** By address: an order that depends neither on the file nor on who is eligible. */
  #list: readonly Seat<T>[] = []
  #configuredWeight = 0

  constructor(members: readonly Member[]) {
    this.#members = members
  }

  get list(): readonly Seat<T>[] {
    return this.#list
  }

  /** The sum of the weights of the level as the file has them: no live weight changes it. */
  get configuredWeight(): number {
    return this.#configuredWeight
  }

  /** Returns whether there are other seats or weights now than before. */
  rebuild(targets: readonly T[]): boolean {
    const former = this.#byAddress
    for (const seat of former.values()) seat.target = undefined
    const level = targets[0]?.level
    if (level === undefined) return false
    const weights = new Map<string, number>()
    let configuredWeight = 0
    for (const { address, level: its, weight } of this.#members) {
      // The weight of one who is away is the last that was seen, or the configured one.
      if (its !== level || weight === 0) continue
      configuredWeight += weight
      weights.set(address, former.get(address)?.weight ?? weight)
    }
    const present = new Map(targets.map((target) => [target.address, target]))
    for (const [address, target] of present) weights.set(address, target.weight)
    const isSame =
      configuredWeight === this.#configuredWeight &&
      weights.size === former.size &&
      [...weights].every(([address, weight]) => former.get(address)?.weight === weight)
    if (isSame) {
      for (const [address, target] of present) former.get(address)!.target = target
      return false
    }
    this.#configuredWeight = configuredWeight
    this.#list = [...weights]
      .map(([address, weight]) => ({ address, weight, target: present.get(address) }))
      .sort((a, b) => (a.address < b.address ? -1 : 1))
    this.#byAddress = new Map(this.#list.map((seat) => [seat.address, seat]))
    return true
  }
}
