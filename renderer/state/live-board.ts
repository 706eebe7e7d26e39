/**
 * A fleet and the numbers that have its order. Frames of the two topics may cross; a board never
 * mixes a row of one order with a name of another.
 */
import type { LiveFleet, LiveHold, LiveNumbers } from '../../preload/contract/live-state.ts'
import {
  readTrafficRow,
  type TrafficRates,
  type TrafficRow
} from '../../proxy-core/model/traffic-row.ts'

export type RateScope =
  | readonly ['total']
  | readonly ['listener', string]
  | readonly ['pool', string]
  | readonly ['backend', string, string]

export interface LiveBoard {
  readonly fleet: LiveFleet
  readonly numbers: LiveNumbers
}

const read = new WeakMap<TrafficRow, TrafficRates>()

/** null where the board has no such thing. */
export function ratesOf(board: LiveBoard, scope: RateScope): TrafficRates | null {
  const row = rowOf(board, scope)
  if (row === undefined) return null
  const known = read.get(row)
  if (known !== undefined) return known
  const rates = readTrafficRow(row)
  read.set(row, rates)
  return rates
}

function rowOf({ fleet, numbers }: LiveBoard, scope: RateScope): TrafficRow | undefined {
  if (scope[0] === 'total') return numbers.total
  if (scope[0] === 'listener') {
    return numbers.listeners[fleet.listeners.findIndex(({ name }) => name === scope[1])]
  }
  const at = fleet.pools.findIndex(({ name }) => name === scope[1])
  const pool = numbers.pools[at]
  if (scope[0] === 'pool') return pool?.row
  const row = fleet.pools[at]?.backends.findIndex(({ address }) => address === scope[2]) ?? -1
  return pool?.backends[row]
}

/** Who waits in a pool for a backend; null where nobody may, or there is no such pool. */
export function holdOf({ fleet, numbers }: LiveBoard, pool: string): LiveHold | null {
  const at = fleet.pools.findIndex(({ name }) => name === pool)
  return numbers.pools[at]?.hold ?? null
}
