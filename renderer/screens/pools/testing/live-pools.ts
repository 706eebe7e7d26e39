/** Numbers and states for tests of the pools; what a test is about is given. */
import type { LiveBackend } from '../../../../preload/contract/live-state.ts'
import type { TrafficRates } from '../../../../proxy-core/model/traffic-row.ts'
import type { LiveFigures } from '../pool-lines.ts'

export const DOWN: Partial<LiveBackend> = {
  status: 'down',
  statusWord: 'Down',
  health: 'down',
  isEligible: false
}

export function someRates(given: Partial<TrafficRates> = {}): TrafficRates {
  return {
    rps: 10,
    ok2xx: 10,
    redirect3xx: 0,
    client4xx: 0,
    server5xx: 0,
    failures: 0,
    retries: 0,
    p50Ms: 5,
    p95Ms: 9,
    p99Ms: 12,
    inFlight: 1,
    queued: 0,
    connections: 2,
    requestsTotal: 1000,
    ...given
  }
}

/** Numbers by key, as `pool` or `pool/address`; whatever is not named has none. */
export function figures(rates: Readonly<Record<string, TrafficRates>> = {}): LiveFigures {
  return {
    rates: (...[, pool, address]) =>
      rates[address === undefined ? pool : `${pool}/${address}`] ?? null,
    probes: () => null
  }
}
