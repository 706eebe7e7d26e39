/**
 * The sequence of nginx's smooth weighted round robin (`ngx_http_upstream_get_peer`), produced
 * without a scan over all peers.
 *
 * nginx adds its weight to every peer's current value, picks the largest (the first among
 * equals) and takes the total off it. Peers of equal weight therefore differ only by how
 * often they were picked, and take turns in their order. So one value and one cursor per
 * distinct weight suffice: at most 256, whatever the number of peers.
 */

export class WeightedSchedule {
  /** The sequence repeats after this many turns: the sum of the weights over their divisor. */
  readonly period: number
  // One entry per distinct weight. Typed arrays, because `next` runs through all of them.
  readonly #weights: Int32Array
  /** nginx's current value of the member whose turn it is. */
  readonly #currents: Int32Array
  /** The position of that member. */
  readonly #positions: Int32Array
  /** Positions of all peers of a weight, ascending. */
  readonly #members: readonly (readonly number[])[]
  /** The index among them of the member whose turn it is. */
  readonly #cursors: Int32Array

  /** Whole numbers from 1 up. Without any, `period` is 0 and `next` means nothing. */
  constructor(weights: readonly number[]) {
    const divisor = weights.reduce(greatestCommonDivisor, 0)
    const positions = Map.groupBy(weights.keys(), (position) => (weights[position] ?? 0) / divisor)
    this.period = weights.reduce((sum, weight) => sum + weight / divisor, 0)
    this.#weights = Int32Array.from(positions.keys())
    this.#members = [...positions.values()]
    this.#positions = Int32Array.from(this.#members, (members) => members[0] ?? 0)
    this.#currents = new Int32Array(positions.size)
    this.#cursors = new Int32Array(positions.size)
  }

  /** The position of the next peer. */
  next(): number {
    let best = 0
    let bestCurrent = -Infinity
    let bestPosition = 0
    for (let i = 0; i < this.#weights.length; i++) {
      const current = (this.#currents[i] ?? 0) + (this.#weights[i] ?? 0)
      this.#currents[i] = current
      if (current < bestCurrent) continue
      const position = this.#positions[i] ?? 0
      if (current === bestCurrent && position > bestPosition) continue
      best = i
      bestCurrent = current
      bestPosition = position
    }
    this.#endTurn(best)
    return bestPosition
  }

  #endTurn(taken: number): void {
    const members = this.#members[taken] ?? []
    const cursor = ((this.#cursors[taken] ?? 0) + 1) % members.length
    this.#cursors[taken] = cursor
    this.#positions[taken] = members[cursor] ?? 0
    // Every member has paid the total once: the next round begins that much lower.
    if (cursor === 0) this.#currents[taken] = (this.#currents[taken] ?? 0) - this.period
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
