/** The engine in short: what runs, since when, on which addresses, and what it costs. */
import type { EngineView, ListenerView } from '../../engine/engine-view.ts'
import type { LatencyHistogram } from '../../metrics/latency-histogram.ts'
import { jsonAnswer, type AdminAnswer, type AdminRequest, type AdminRoute } from '../admin-route.ts'

export const statusRoute: AdminRoute = {
  path: '/api/v1/status',
  access: 'token',
  methods: { GET: answerStatus }
}

async function answerStatus({ view, clock, readProcess }: AdminRequest): Promise<AdminAnswer> {
  return jsonAnswer({
    version: view.version,
    startedAtMs: view.startedAtMs,
    uptimeSeconds: Math.max(0, Math.floor((clock.wallNow() - view.startedAtMs) / 1000)),
    isReady: view.isReady,
    isStopping: view.isStopping,
    configurationError: view.configurationError,
    listeners: view.listeners.map(listenerDocument),
    pools: view.pools.map(poolSummary),
    loopLagMs: quantiles(view.loopLag),
    process: await readProcess()
  })
}

function listenerDocument(listener: ListenerView): object {
  return {
    name: listener.name,
    address: listener.address,
    isOpen: listener.isOpen,
    connections: listener.connections,
    connectionsMax: listener.connectionsMax,
    connectionsTotal: listener.connectionsTotal,
    connectionsLimit: listener.connectionsLimit,
    requests: listener.counters.requests,
    refused: listener.counters.refused
  }
}

function poolSummary(pool: EngineView['pools'][number]): object {
  return {
    name: pool.name,
    activeLevel: pool.activeLevel,
    backends: pool.backends.length,
    eligible: pool.backends.filter((backend) => backend.isEligible).length
  }
}

function quantiles(histogram: LatencyHistogram): object {
  return { p50: histogram.quantile(0.5), p99: histogram.quantile(0.99) }
}
