/** Contract: /metrics tells the engine's own counters, validly, and no more than was configured. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { BufferView } from '../engine/engine-view.ts'
import type { HoldStatus } from '../model/hold-report.ts'
import type { NotificationCounters } from '../model/notification-counters.ts'
import type { ProbeRecord } from '../model/probe-record.ts'
import { metricsPage } from './metrics-page.ts'
import type { ProcessFacts } from './process-facts.ts'
import { backendSettings, EngineDouble, HTTP_CHECK } from './testing/engine-double.ts'
import { checkExposition, valueOf, type Family } from './testing/exposition-checker.ts'

const PROCESS: ProcessFacts = {
  pid: 4711,
  nodeVersion: 'v24.0.0',
  cpuSeconds: 1.25,
  residentBytes: 60_000_000,
  heapUsedBytes: 20_000_000,
  openDescriptors: 30,
  descriptorLimit: 1024
}

const BUFFER: BufferView = {
  stats: {
    ...{ pending: 3, pendingBytes: 30, dead: 1, diskBytes: 100, maxBytes: 1000, segments: 1 },
    ...{ oldestPendingAtMs: 1, appended: 4, appendedBytes: 40, delivered: 5, expired: 0 },
    ...{ deleted: 0, quarantined: 0, syncs: 2, syncFailures: 0, lastSyncMs: 4, refusal: null }
  },
  ...{ maxBytes: 1000, refused: 0, blocked: 0, intakeBytes: 0 },
  ...{ oldestMs: 2500, drainMs: Infinity },
  routes: [
    {
      ...{ route: 'orders', running: 1, waiting: 2, delivered: 5, retried: 6, dead: 7 },
      ...{ expired: 8, perMinute: 0 }
    }
  ]
}

const HELD: HoldStatus = {
  ...{ pool: 'api', held: 2, heldMax: 3, maxRequests: 1000, bytes: 10, maxBytes: 100 },
  ...{ oldestMs: 1500, operator: null, entered: 5, released: 2, expired: 1, refused: 4 },
  ...{ abandoned: 0, waitedMs: 2500 }
}

const NOTIFICATIONS: NotificationCounters = {
  events: [{ pool: 'api', occasion: 'pool_lost', count: 3 }],
  channels: [
    {
      ...{ channel: 'mail', type: 'email', delivered: 5, failed: 0, retried: 4 },
      ...{ heldBack: 2, dropped: 0, waiting: 1, lastDeliveryMs: 1_500 }
    }
  ]
}

const PROBE: ProbeRecord = {
  atMs: 0,
  durationMs: 1,
  hasPassed: true,
  code: 'L4OK',
  status: null,
  detail: ''
}

function engine(): EngineDouble {
  const double = new EngineDouble(new ManualClock())
  double.addListener('web', '127.0.0.1:8080')
  double.addPool('api', [
    backendSettings('10.0.0.1:80', { healthCheck: HTTP_CHECK }),
    backendSettings('10.0.0.2:80', { healthCheck: HTTP_CHECK, level: 1 })
  ])
  const secure = double.addListener('secure', '127.0.0.1:8443')
  secure.certificateExpiresAtMs = 1_800_000_000_000
  double.rateLimits.push({ route: 'api', name: '1m', refused: 7, keys: 5, takenOver: 3 })
  return double
}

function scrape(view: EngineDouble, facts = PROCESS): ReadonlyMap<string, Family> {
  return checkExposition([...metricsPage(view, facts)].join(''))
}

describe('metricsPage', () => {
  it('tells every traffic counter of a backend under its pool and address', () => {
    const view = engine()
    const counters = view.pools[0]!.backends[1]!.counters
    Object.assign(counters, {
      requests: 1,
      inFlight: 2,
      bytesIn: 4,
      bytesOut: 5,
      retries: 3,
      redispatches: 7,
      connectErrors: 8,
      responseErrors: 9,
      clientAborts: 10,
      serverAborts: 11,
      connectionsOpened: 12,
      connectionsReused: 13,
      probesPassed: 14,
      probesFailed: 15,
      timesDown: 16
    })
    view.connections = { open: 17, idle: 18 }
    counters.countResponse(204)
    counters.countResponse(503)
    counters.totalMs.record(100)
    counters.responseHeadMs.record(50)
    const page = scrape(view)
    const of = (name: string, more: Record<string, string> = {}): number | undefined =>
      valueOf(page, `switchyard_${name}`, { pool: 'api', backend: '10.0.0.2:80', ...more })
    expect([
      of('requests_total'),
      of('requests_in_flight'),
      of('request_bytes_total'),
      of('response_bytes_total'),
      of('retries_total'),
      of('redispatches_total'),
      of('connect_errors_total'),
      of('response_errors_total'),
      of('client_aborts_total'),
      of('server_aborts_total'),
      of('connections_opened_total'),
      of('connections_reused_total'),
      of('backend_probes_total', { result: 'passed' }),
      of('backend_probes_total', { result: 'failed' }),
      of('backend_downs_total'),
      of('connections_open'),
      of('connections_idle')
    ]).toEqual([1, 2, 4, 5, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])
    expect(
      ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'].map((name) =>
        of('responses_total', { class: name })
      )
    ).toEqual([0, 1, 0, 0, 1, 0])
    expect(of('request_duration_seconds_sum')).toBe(0.1)
    expect(of('request_duration_seconds_bucket', { le: '0.0512' })).toBe(0)
    expect(of('request_duration_seconds_bucket', { le: '0.2048' })).toBe(1)
    expect(of('response_head_duration_seconds_count')).toBe(1)
  })

  it('tells the states, the weight and the level of each backend', () => {
    const view = engine()
    const [primary, backup] = view.pools[0]!.backends
    primary!.setHealth('up', 'probe passed')
    primary!.setAdminState('drain', 'upgrade')
    primary!.setWeight(7, 'trial')
    const page = scrape(view)
    const of = (name: string, more: Record<string, string>): number | undefined =>
      valueOf(page, `switchyard_backend_${name}`, more)
    const drained = { backend: primary!.address }
    expect(of('up', drained)).toBe(1)
    expect(of('eligible', drained)).toBe(0)
    expect(of('admin_state', { ...drained, state: 'drain' })).toBe(1)
    expect(of('admin_state', { ...drained, state: 'ready' })).toBe(0)
    expect(of('health_state', { ...drained, state: 'up' })).toBe(1)
    expect(of('weight', drained)).toBe(7)
    expect(of('level', { backend: backup!.address })).toBe(1)
    expect(of('up', { backend: backup!.address })).toBe(0)
    expect(of('health_state', { backend: backup!.address, state: 'unknown' })).toBe(1)
  })

  it('tells the last probe only of backends that were probed', () => {
    const view = engine()
    const [primary, backup] = view.pools[0]!.backends
    primary!.recordProbe({
      atMs: 0,
      durationMs: 12,
      hasPassed: true,
      code: 'L7OK',
      status: 200,
      detail: 'ok'
    })
    const page = scrape(view)
    const name = 'switchyard_backend_probe_duration_seconds'
    expect(valueOf(page, name, { backend: primary!.address })).toBe(0.012)
    expect(valueOf(page, name, { backend: backup!.address })).toBeUndefined()
  })

  it('keeps listeners, pools and backends under names of their own', () => {
    const view = engine()
    view.listeners[0]!.counters.requests = 5
    view.listeners[0]!.counters.refused = 1
    view.pools[0]!.counters.requests = 4
    view.pools[0]!.counters.queued = 2
    view.pools[0]!.backends[0]!.counters.requests = 3
    view.pools[0]!.activeLevel = -1
    const page = scrape(view)
    expect(valueOf(page, 'switchyard_listener_requests_total', { listener: 'web' })).toBe(5)
    expect(valueOf(page, 'switchyard_listener_refused_total', { listener: 'web' })).toBe(1)
    expect(valueOf(page, 'switchyard_pool_requests_total', { pool: 'api' })).toBe(4)
    expect(valueOf(page, 'switchyard_pool_requests_queued', { pool: 'api' })).toBe(2)
    expect(valueOf(page, 'switchyard_requests_total', { backend: '10.0.0.1:80' })).toBe(3)
    expect(valueOf(page, 'switchyard_pool_active_level')).toBe(-1)
    expect(valueOf(page, 'switchyard_pool_backends')).toBe(2)
    expect(valueOf(page, 'switchyard_pool_backends_eligible')).toBe(0)
  })

  it('tells when certificates end, of listeners that have one, and how many may wait', () => {
    const page = scrape(engine())
    const name = 'switchyard_listener_certificate_expiry_timestamp_seconds'
    expect(valueOf(page, name, { listener: 'web' })).toBeUndefined()
    expect(valueOf(page, name, { listener: 'secure' })).toBe(1_800_000_000)
    expect(valueOf(page, 'switchyard_pool_queue_limit', { pool: 'api' })).toBe(1000)
  })

  it('tells what each limit of a route has refused, and whom it tells apart', () => {
    const page = scrape(engine())
    const of = (name: string): number | undefined =>
      valueOf(page, `switchyard_route_${name}`, { route: 'api', limit: '1m' })
    expect(of('rate_limited_total')).toBe(7)
    expect(of('rate_limit_keys')).toBe(5)
    expect(of('rate_limit_takeovers_total')).toBe(3)
  })

  it('tells the process and the engine, and leaves out what the system does not know', () => {
    const view = engine()
    view.loopLag.record(3)
    view.configurationError = 'line 3'
    const page = scrape(view, { ...PROCESS, openDescriptors: null, descriptorLimit: null })
    expect(valueOf(page, 'switchyard_build_info', { version: '0.1.0', node: 'v24.0.0' })).toBe(1)
    expect(valueOf(page, 'process_cpu_seconds_total')).toBe(1.25)
    expect(valueOf(page, 'process_resident_memory_bytes')).toBe(60_000_000)
    expect(valueOf(page, 'switchyard_event_loop_lag_seconds_count')).toBe(1)
    expect(valueOf(page, 'switchyard_configuration_refused')).toBe(1)
    expect(valueOf(page, 'switchyard_ready')).toBe(1)
    expect(page.has('process_open_fds')).toBe(false)
  })

  it('has as many series as the configuration implies, however much traffic there was', () => {
    const seriesOf = (view: EngineDouble): number =>
      [...scrape(view).values()].reduce((total, family) => total + family.samples.length, 0)
    const quiet = engine()
    const busy = engine()
    for (let ms = 0.1; ms < 60_000; ms *= 1.3)
      busy.pools[0]!.backends[0]!.counters.totalMs.record(ms)
    for (let status = 0; status < 1000; status++)
      busy.pools[0]!.backends[0]!.counters.countResponse(status)
    expect(seriesOf(busy)).toBe(seriesOf(quiet))
  })

  it('shows what the parent has counted about notifications', () => {
    const view = engine()
    view.notifications = NOTIFICATIONS
    const page = scrape(view)
    const ofChannel = { channel: 'mail', type: 'email' }
    const value = (name: string, labels: Record<string, string>): number | undefined =>
      valueOf(page, `switchyard_notification${name}`, labels)
    expect(value('_events_total', { pool: 'api', occasion: 'pool_lost' })).toBe(3)
    expect(value('s_total', { ...ofChannel, outcome: 'delivered' })).toBe(5)
    expect(value('s_total', { ...ofChannel, outcome: 'held_back' })).toBe(2)
    expect(value('_retries_total', ofChannel)).toBe(4)
    expect(value('s_waiting', ofChannel)).toBe(1)
    expect(value('_last_delivery_timestamp_seconds', ofChannel)).toBe(1.5)
    expect(scrape(engine()).has('switchyard_notifications_total')).toBe(false)
  })

  it('has as many series per backend, pool, listener and limit as the reference says', () => {
    const seriesOf = (build: (view: EngineDouble) => unknown): number => {
      const view = new EngineDouble(new ManualClock())
      build(view)
      return [...scrape(view).values()].reduce((total, { samples }) => total + samples.length, 0)
    }
    const none = seriesOf(() => undefined)
    const pool = seriesOf((view) => view.addPool('api', [])) - none
    const backend = seriesOf((view) => {
      const backends = [backendSettings('10.0.0.1:80', { healthCheck: HTTP_CHECK })]
      view.addPool('api', backends).backends[0]!.recordProbe(PROBE)
    })
    const listener = seriesOf((view) => view.addListener('web', '127.0.0.1:1')) - none
    const limit = { route: 'api', name: '1m', refused: 0, keys: 0, takenOver: 0 }
    const perLimit = seriesOf((view) => view.rateLimits.push(limit)) - none
    const reference = readFileSync(
      new URL('../../docs/reference/metrics.md', import.meta.url),
      'utf8'
    )
    expect(reference).toContain(
      `configuration: ${backend - pool - none} per backend, ${pool} per pool, ${listener} per listener, one more with TLS, and ${perLimit} per rate limit.`
    )
  })

  it('tells of those who wait only where requests may', () => {
    const view = engine()
    const held = (): number =>
      [...scrape(view).keys()].filter((name) => /held|hold/.test(name)).length
    expect(held()).toBe(0)
    view.pools[0]!.holdStatus = () => HELD
    const page = [...metricsPage(view, PROCESS)].join('')
    expect(page).toContain('switchyard_pool_requests_held{pool="api"} 2\n')
    expect(page).toContain('switchyard_pool_held_oldest_seconds{pool="api"} 1.5\n')
    expect(page).toContain('switchyard_pool_held_expired_total{pool="api"} 1\n')
  })

  it('tells of stored requests only where they can be, and of the store only while it is open', () => {
    const view = engine()
    const page = (): string => [...metricsPage(view, PROCESS)].join('')
    expect(page()).not.toContain('switchyard_buffer')
    view.buffer = BUFFER
    expect(page()).toContain('switchyard_buffer_pending 3\n')
    expect(page()).toContain('switchyard_buffer_drain_seconds +Inf\n')
    expect(page()).toContain('switchyard_buffer_oldest_seconds 2.5\n')
    expect(page()).toContain('switchyard_buffer_last_sync_seconds 0.004\n')
    expect(page()).toContain(
      'switchyard_buffer_attempts_total{route="orders",outcome="dead_letter"} 7\n'
    )
    view.buffer = { ...BUFFER, stats: null, drainMs: null }
    expect(page()).toContain('switchyard_buffer_open 0\n')
    expect(page()).not.toContain('switchyard_buffer_pending')
  })

  it('is described in full by the reference, which names nothing else', () => {
    const view = engine()
    view.notifications = NOTIFICATIONS
    view.pools[0]!.backends[0]!.recordProbe(PROBE)
    view.pools[0]!.holdStatus = () => HELD
    view.buffer = BUFFER
    // The primary is not up yet, so that there is a failover to tell of.
    view.pools[0]!.backends[1]!.setHealth('up', 'test')
    const reference = readFileSync(
      new URL('../../docs/reference/metrics.md', import.meta.url),
      'utf8'
    )
    const documented = [
      ...reference.matchAll(/^\| `([a-z_]+)` +\| (counter|gauge|histogram) +\|/gm)
    ]
    const exposed = [...scrape(view).values()].map(({ name, type }) => `${name} ${type}`)
    expect(documented.map(([, name, type]) => `${name} ${type}`).sort()).toEqual(exposed.sort())
  })
})
