/** The line of a pool, in which its requests wait, as a plan looks at it. */
import type { FleetHold } from '../../../proxy-core/model/engine-telemetry.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { readTrafficRow, type TrafficRates } from '../../../proxy-core/model/traffic-row.ts'
import { MIN_HOLD_MS, type PlanRequest } from '../../../preload/contract/plan.ts'
import type { LiveHold, LivePool } from '../../../preload/contract/live-state.ts'
import type { LiveView } from './plan-services.ts'

export interface HoldInFleet {
  readonly pool: LivePool
  readonly hold: FleetHold
  /** null while no numbers come. */
  readonly rates: TrafficRates | null
  readonly waiting: LiveHold | null
}

/** Throws POOL_UNKNOWN, HOLD_NOT_CONFIGURED. */
export function holdInFleet(live: LiveView, name: string): HoldInFleet {
  const { pools, revision } = live.fleet
  const at = pools.findIndex((candidate) => candidate.name === name)
  const pool = pools[at]
  if (pool === undefined) {
    throw new SwitchyardError('POOL_UNKNOWN', `The running configuration has no pool ${name}.`)
  }
  const { hold } = pool
  if (hold === null) {
    throw new SwitchyardError('HOLD_NOT_CONFIGURED', `Pool ${name} has no hold buffer.`)
  }
  const numbers = live.numbers?.revision === revision ? live.numbers.pools[at] : undefined
  const rates = numbers === undefined ? null : readTrafficRow(numbers.row)
  return { pool, hold, rates, waiting: numbers?.hold ?? null }
}

/** What brings back the operator's word that holds now; null = there is none, or it is over. */
export function heldAgain({ pool, hold }: HoldInFleet, nowMs: number): PlanRequest | null {
  const leftMs = Math.round((hold.operator?.untilMs ?? 0) - nowMs)
  return leftMs < MIN_HOLD_MS ? null : { kind: 'hold_pool', pool: pool.name, forMs: leftMs }
}

/** What every plan about a line depends on. Who waits changes all the time, and changes nothing. */
export function holdFacts({ pool, hold }: HoldInFleet): Record<string, string> {
  const { operator, routes } = hold
  const limits = routes.map(({ name, timeoutMs }) => `${name}: ${timeoutMs ?? 'not at all'}`)
  return {
    [`who holds the requests to ${pool.name}`]: operator === null ? 'nobody' : operator.reason,
    [`how long requests to ${pool.name} may wait`]: limits.join(', ')
  }
}
