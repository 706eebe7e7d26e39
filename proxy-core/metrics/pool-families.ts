/** The metric families of one pool. */
import type { PoolView } from '../engine/engine-view.ts'
import { counter, gauge, type MetricFamily } from './exposition.ts'
import { trafficFamilies, upstreamFamilies } from './traffic-families.ts'

const countersOf = (pool: PoolView): PoolView['counters'] => pool.counters

export const POOL_FAMILIES: readonly MetricFamily<PoolView>[] = [
  ...trafficFamilies('switchyard_pool_', 'Requests', countersOf),
  ...upstreamFamilies('switchyard_pool_', countersOf),
  gauge(
    'switchyard_pool_requests_queued',
    'Requests waiting for a free slot now.',
    (pool) => pool.counters.queued
  ),
  gauge(
    'switchyard_pool_queue_limit',
    'Requests that may wait for a free slot at one time.',
    (pool) => pool.settings.queue.size
  ),
  counter(
    'switchyard_pool_retries_denied_total',
    'Retries that the budget did not allow.',
    (pool) => pool.counters.retriesDenied
  ),
  counter(
    'switchyard_pool_fallbacks_total',
    'Requests that no backend could take and that got the fallback.',
    (pool) => pool.counters.fallbacks
  ),
  gauge(
    'switchyard_pool_active_level',
    'The failover level that serves now; -1 while nobody serves.',
    (pool) => pool.activeLevel
  ),
  gauge(
    'switchyard_pool_backends',
    'Backends of the pool, whatever their state.',
    (pool) => pool.backends.length
  ),
  gauge(
    'switchyard_pool_backends_eligible',
    'Backends of the pool that new requests may go to.',
    (pool) => pool.backends.reduce((total, backend) => total + (backend.isEligible ? 1 : 0), 0)
  )
]
