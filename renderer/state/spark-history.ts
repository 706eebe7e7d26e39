/**
 * The last 60 seconds of requests per second, of every pool and backend, for the small curves.
 * One slot per tick; a tick that did not come leaves NaN, which is drawn as a gap.
 */
import { TICK_INTERVAL_MS } from '../../proxy-core/model/engine-telemetry.ts'
import { TRAFFIC_COLUMNS, type TrafficRow } from '../../proxy-core/model/traffic-row.ts'
import type { LiveBoard } from './live-board.ts'

/** 60 s of ticks. */
export const SPARK_POINTS = 240

const RPS = TRAFFIC_COLUMNS.indexOf('rps')
const EMPTY = new Float32Array(SPARK_POINTS).fill(Number.NaN)

export class SparkHistory {
  readonly #rings = new Map<string, Float32Array>()
  #lastAtMs = 0
  #fleetRevision = -1

  /** Oldest first, newest last; the array is the same one at every call, and changes in place. */
  of(pool: string | null, backend: string | null): Float32Array {
    return this.#rings.get(keyOf(pool, backend)) ?? EMPTY
  }

  take(board: LiveBoard): void {
    const { fleet, numbers } = board
    if (fleet.revision !== this.#fleetRevision) this.#forgetAbsent(board)
    const steps = Math.round((numbers.atMs - this.#lastAtMs) / TICK_INTERVAL_MS)
    // The clock went back: an older tick, or another host's time.
    const shift = steps < 0 ? SPARK_POINTS : Math.max(1, Math.min(steps, SPARK_POINTS))
    this.#lastAtMs = numbers.atMs
    this.#push(keyOf(null, null), numbers.total, shift)
    fleet.pools.forEach((pool, at) => {
      const row = numbers.pools[at]
      this.#push(keyOf(pool.name, null), row?.row, shift)
      pool.backends.forEach(({ address }, index) => {
        this.#push(keyOf(pool.name, address), row?.backends[index], shift)
      })
    })
  }

  #push(key: string, row: TrafficRow | undefined, shift: number): void {
    let ring = this.#rings.get(key)
    if (ring === undefined) this.#rings.set(key, (ring = EMPTY.slice()))
    ring.copyWithin(0, shift)
    ring.fill(Number.NaN, SPARK_POINTS - shift)
    ring[SPARK_POINTS - 1] = row?.[RPS] ?? Number.NaN
  }

  #forgetAbsent({ fleet }: LiveBoard): void {
    this.#fleetRevision = fleet.revision
    const present = new Set([keyOf(null, null)])
    for (const pool of fleet.pools) {
      present.add(keyOf(pool.name, null))
      for (const { address } of pool.backends) present.add(keyOf(pool.name, address))
    }
    for (const key of this.#rings.keys()) if (!present.has(key)) this.#rings.delete(key)
  }
}

/** Neither name can hold a line feed. */
function keyOf(pool: string | null, backend: string | null): string {
  return `${pool ?? ''}\n${backend ?? ''}`
}
