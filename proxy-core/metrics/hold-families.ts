/** The metric families of requests that wait in one pool for a backend that comes back. */
import type { HoldStatus } from '../model/hold-report.ts'
import { counter, gauge, type MetricFamily } from './exposition.ts'

const MS_PER_SECOND = 1000

export const HOLD_FAMILIES: readonly MetricFamily<HoldStatus>[] = [
  gauge(
    'switchyard_pool_requests_held',
    'Requests that wait for a backend now.',
    ({ held }) => held
  ),
  gauge(
    'switchyard_pool_hold_limit',
    'Requests that may wait for a backend at one time.',
    ({ maxRequests }) => maxRequests
  ),
  gauge('switchyard_pool_held_bytes', 'Octets of the bodies that wait.', ({ bytes }) => bytes),
  gauge(
    'switchyard_pool_held_bytes_limit',
    'Octets of bodies that may wait at one time.',
    ({ maxBytes }) => maxBytes
  ),
  gauge(
    'switchyard_pool_held_oldest_seconds',
    'How long the request that came first has waited; 0 while nobody waits.',
    ({ oldestMs }) => (oldestMs ?? 0) / MS_PER_SECOND
  ),
  gauge(
    'switchyard_pool_hold_by_operator',
    '1 while an operator lets all requests of the pool wait.',
    ({ operator }) => (operator === null ? 0 : 1)
  ),
  counter(
    'switchyard_pool_held_total',
    'Requests that had to wait for a backend.',
    ({ entered }) => entered
  ),
  counter(
    'switchyard_pool_held_released_total',
    'Requests that a backend answered after their wait.',
    ({ released }) => released
  ),
  counter(
    'switchyard_pool_held_expired_total',
    'Requests whose time to wait was over.',
    ({ expired }) => expired
  ),
  counter(
    'switchyard_pool_held_refused_total',
    'Requests that had no place to wait.',
    ({ refused }) => refused
  ),
  counter(
    'switchyard_pool_held_abandoned_total',
    'Requests that waited when their client left or the balancer stopped.',
    ({ abandoned }) => abandoned
  ),
  counter(
    'switchyard_pool_held_seconds_total',
    'Time that all requests have waited together.',
    ({ waitedMs }) => waitedMs / MS_PER_SECOND
  )
]
