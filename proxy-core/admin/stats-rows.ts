/** One row of the statistics per listener, backend and pool, under HAProxy's column names. */
import type { ListenerView, PoolView } from '../engine/engine-view.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import { ALGORITHM_NAMES } from '../model/algorithm.ts'
import type { Backend } from '../pool/backend.ts'
import { healthFraction, statusText } from './health-fraction.ts'
import type { StatsRow } from './stats-columns.ts'

export interface BackendRowContext {
  readonly proxyId: number
  readonly serverId: number
  /** Wall-clock milliseconds. */
  readonly nowMs: number
}

export function listenerRow(listener: ListenerView, proxyId: number): StatsRow {
  const { counters } = listener
  return {
    pxname: listener.name,
    svname: 'FRONTEND',
    type: 0,
    pid: 1,
    iid: proxyId,
    sid: 0,
    scur: listener.connections,
    smax: listener.connectionsMax,
    slim: listener.connectionsLimit,
    stot: listener.connectionsTotal,
    conn_tot: listener.connectionsTotal,
    bin: counters.bytesIn,
    bout: counters.bytesOut,
    ereq: counters.refused,
    req_tot: counters.requests,
    status: listener.isOpen ? 'OPEN' : 'STOP',
    mode: 'http',
    ...responseFields(counters)
  }
}

export function backendRow(pool: PoolView, backend: Backend, context: BackendRowContext): StatsRow {
  const { counters, settings } = backend
  const limit = settings.maxConnections || pool.settings.maxConnections
  const { open, idle } = pool.connectionsOf(backend)
  return {
    pxname: pool.name,
    svname: backend.address,
    type: 2,
    pid: 1,
    iid: context.proxyId,
    sid: context.serverId,
    ...upstreamFields(counters),
    ...(limit > 0 ? { slim: limit } : {}),
    stot: counters.requests,
    lbtot: counters.requests,
    status: statusText(backend),
    weight: backend.weight,
    uweight: backend.weight,
    act: backend.level === 0 ? 1 : 0,
    bck: backend.level === 0 ? 0 : 1,
    lastchg: Math.max(0, Math.floor((context.nowMs - backend.changedAtMs) / 1000)),
    addr: backend.address,
    connect: counters.connectionsOpened,
    reuse: counters.connectionsReused,
    srv_icur: idle,
    src_ilim: pool.settings.connections.maxIdle,
    used_conn_cur: open - idle,
    mode: 'http',
    ...checkFields(backend)
  }
}

export function poolRow(pool: PoolView, proxyId: number): StatsRow {
  const eligible = pool.backends.filter((backend) => backend.isEligible)
  const active = eligible.filter(({ level }) => level === 0).length
  const serving = eligible.filter(({ level }) => level === pool.activeLevel)
  const sum = (of: readonly Backend[], read: (backend: Backend) => number): number =>
    of.reduce((total, backend) => total + read(backend), 0)
  return {
    pxname: pool.name,
    svname: 'BACKEND',
    type: 1,
    pid: 1,
    iid: proxyId,
    sid: 0,
    ...upstreamFields(pool.counters),
    // Failures are counted where they happen, at the backends.
    econ: sum(pool.backends, ({ counters }) => counters.connectErrors),
    eresp: sum(pool.backends, ({ counters }) => counters.responseErrors),
    srv_abrt: sum(pool.backends, ({ counters }) => counters.serverAborts),
    stot: pool.counters.requests,
    req_tot: pool.counters.requests,
    lbtot: sum(pool.backends, ({ counters }) => counters.requests),
    status: pool.activeLevel >= 0 ? 'UP' : 'DOWN',
    weight: sum(serving, ({ weight }) => weight),
    uweight: sum(serving, ({ weight }) => weight),
    act: active,
    bck: eligible.length - active,
    connect: sum(pool.backends, ({ counters }) => counters.connectionsOpened),
    reuse: sum(pool.backends, ({ counters }) => counters.connectionsReused),
    mode: 'http',
    algo: ALGORITHM_NAMES[pool.algorithm].haproxyName
  }
}

function upstreamFields(counters: TrafficCounters): StatsRow {
  return {
    qcur: counters.queued,
    qmax: counters.queuedMax,
    scur: counters.inFlight,
    smax: counters.inFlightMax,
    bin: counters.bytesIn,
    bout: counters.bytesOut,
    econ: counters.connectErrors,
    eresp: counters.responseErrors,
    wretr: counters.retries,
    wredis: counters.redispatches,
    cli_abrt: counters.clientAborts,
    srv_abrt: counters.serverAborts,
    ...responseFields(counters)
  }
}

function responseFields(counters: TrafficCounters): StatsRow {
  const { responses } = counters
  return {
    hrsp_1xx: responses[1]!,
    hrsp_2xx: responses[2]!,
    hrsp_3xx: responses[3]!,
    hrsp_4xx: responses[4]!,
    hrsp_5xx: responses[5]!,
    hrsp_other: responses[0]!
  }
}

function checkFields(backend: Backend): StatsRow {
  const fraction = healthFraction(backend)
  if (!fraction) return {}
  const last = backend.probes.at(-1)
  return {
    chkfail: backend.counters.probesFailed,
    chkdown: backend.counters.timesDown,
    check_rise: fraction.rise,
    check_fall: fraction.fall,
    check_health: fraction.value,
    ...(last
      ? {
          check_status: last.code,
          ...(last.status === null ? {} : { check_code: last.status }),
          check_duration: Math.round(last.durationMs),
          last_chk: last.detail
        }
      : {})
  }
}
