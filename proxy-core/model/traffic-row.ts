/**
 * One line of live numbers: of a listener, a pool, a backend, or all listeners together. It
 * travels four times a second for each of them, so it is an array; `readTrafficRow` names its
 * columns.
 */
import { z } from 'zod'

/** What a row says, in the order of its columns. Rates are per second over the live window. */
export interface TrafficRates {
  readonly rps: number
  readonly ok2xx: number
  readonly redirect3xx: number
  readonly client4xx: number
  readonly server5xx: number
  /** Attempts or exchanges that got no response: refused, reset, timed out. */
  readonly failures: number
  readonly retries: number
  /** Milliseconds; -1 when the window holds no finished exchange. */
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly inFlight: number
  readonly queued: number
  /** Open connections: of clients for a listener, to the backend for a backend and a pool. */
  readonly connections: number
  /** Since the engine started. */
  readonly requestsTotal: number
}

export const TRAFFIC_COLUMNS = [
  'rps',
  'ok2xx',
  'redirect3xx',
  'client4xx',
  'server5xx',
  'failures',
  'retries',
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'inFlight',
  'queued',
  'connections',
  'requestsTotal'
] as const satisfies readonly (keyof TrafficRates)[]

export const trafficRowSchema = z.array(z.number()).length(TRAFFIC_COLUMNS.length).readonly()

export type TrafficRow = z.infer<typeof trafficRowSchema>

export function readTrafficRow(row: TrafficRow): TrafficRates {
  return Object.fromEntries(
    TRAFFIC_COLUMNS.map((name, column) => [name, row[column]])
  ) as unknown as TrafficRates
}

/** Share of requests that ended badly, 0 to 1; 0 without traffic. */
export function errorShare(rates: Pick<TrafficRates, 'rps' | 'server5xx' | 'failures'>): number {
  if (rates.rps <= 0) return 0
  return Math.min(1, (rates.server5xx + rates.failures) / rates.rps)
}
