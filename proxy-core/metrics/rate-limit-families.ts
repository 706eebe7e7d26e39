/** The metric families of one limit of one route. */
import type { RateLimitView } from '../engine/engine-view.ts'
import { counter, gauge, type MetricFamily } from './exposition.ts'

export const RATE_LIMIT_FAMILIES: readonly MetricFamily<RateLimitView>[] = [
  counter(
    'switchyard_route_rate_limited_total',
    'Requests that the limit refused.',
    (limit) => limit.refused
  ),
  gauge(
    'switchyard_route_rate_limit_keys',
    'Clients that the limit tells apart now.',
    (limit) => limit.keys
  ),
  counter(
    'switchyard_route_rate_limit_takeovers_total',
    'Clients whose bucket went to another one because there were too many.',
    (limit) => limit.takenOver
  )
]
