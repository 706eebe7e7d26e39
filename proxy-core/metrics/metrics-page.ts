/**
 * The whole `/metrics` page in chunks. Its size is bounded by the configuration: labels
 * are names of listeners, pools, backends and limits, and fixed sets, never anything that a
 * client sends.
 */
import type { EngineView } from '../engine/engine-view.ts'
import type { HoldStatus } from '../model/hold-report.ts'
import { BACKEND_FAMILIES, type BackendSubject } from './backend-families.ts'
import { BUFFER_FAMILIES, BUFFER_ROUTE_FAMILIES } from './buffer-families.ts'
import { ENGINE_FAMILIES } from './engine-families.ts'
import { expose, labelSet, type MetricSubject } from './exposition.ts'
import { FAILOVER_FAMILIES } from './failover-families.ts'
import { HOLD_FAMILIES } from './hold-families.ts'
import { LISTENER_FAMILIES } from './listener-families.ts'
import { CHANNEL_FAMILIES, NOTIFICATION_EVENT_FAMILIES } from './notification-families.ts'
import { POOL_FAMILIES } from './pool-families.ts'
import type { ProcessFacts } from './process-facts.ts'
import { RATE_LIMIT_FAMILIES } from './rate-limit-families.ts'

export function* metricsPage(view: EngineView, process: ProcessFacts): Generator<string> {
  yield* expose(ENGINE_FAMILIES, [{ labels: '', of: { view, process } }])
  yield* expose(
    LISTENER_FAMILIES,
    view.listeners.map((of) => ({ labels: labelSet({ listener: of.name }), of }))
  )
  yield* expose(
    POOL_FAMILIES,
    view.pools.map((of) => ({ labels: labelSet({ pool: of.name }), of }))
  )
  yield* expose(
    FAILOVER_FAMILIES,
    view.pools.map((pool) => ({
      labels: labelSet({ pool: pool.name }),
      of: pool.failoverStatus()
    }))
  )
  yield* expose(HOLD_FAMILIES, holdSubjects(view))
  yield* expose(BACKEND_FAMILIES, backendSubjects(view))
  yield* expose(
    RATE_LIMIT_FAMILIES,
    view.rateLimits.map((of) => ({ labels: labelSet({ route: of.route, limit: of.name }), of }))
  )
  if (view.buffer !== null) {
    yield* expose(BUFFER_FAMILIES, [{ labels: '', of: view.buffer }])
    yield* expose(
      BUFFER_ROUTE_FAMILIES,
      view.buffer.routes.map((of) => ({ labels: labelSet({ route: of.route }), of }))
    )
  }
  const { events, channels } = view.notifications
  yield* expose(
    NOTIFICATION_EVENT_FAMILIES,
    events.map((of) => ({ labels: labelSet({ pool: of.pool, occasion: of.occasion }), of }))
  )
  yield* expose(
    CHANNEL_FAMILIES,
    channels.map((of) => ({ labels: labelSet({ channel: of.channel, type: of.type }), of }))
  )
}

/** Only pools whose requests may wait. */
function holdSubjects(view: EngineView): readonly MetricSubject<HoldStatus>[] {
  return view.pools.flatMap((pool) => {
    const of = pool.holdStatus()
    return of === null ? [] : [{ labels: labelSet({ pool: pool.name }), of }]
  })
}

function backendSubjects(view: EngineView): readonly MetricSubject<BackendSubject>[] {
  return view.pools.flatMap((pool) =>
    pool.backends.map((backend) => ({
      labels: labelSet({ pool: pool.name, backend: backend.address }),
      of: { pool, backend }
    }))
  )
}
