/** The engine in short: what runs, since when, on which addresses, and what it costs. */
import { z } from 'zod'
import type { EngineView, ListenerView } from '../../engine/engine-view.ts'
import type { LatencyHistogram } from '../../metrics/latency-histogram.ts'
import { jsonAnswer, type AdminAnswer, type AdminRequest, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import type { DocumentOf } from '../pool-schema.ts'

const count = z.int().nonnegative()

const listenerSchema = z.strictObject({
  name: z.string(),
  address: z.string().describe('With the port really bound.'),
  isOpen: z.boolean(),
  connections: count,
  connectionsMax: count,
  connectionsTotal: count,
  connectionsLimit: count,
  requests: count,
  refused: count
})

const poolSummarySchema = z.strictObject({
  name: z.string(),
  activeLevel: z.int().min(-1),
  backends: count,
  eligible: count
})

const quantilesSchema = z.strictObject({ p50: z.number(), p99: z.number() })

export const statusSchema = z.strictObject({
  version: z.string(),
  startedAtMs: z.number(),
  uptimeSeconds: count,
  isReady: z.boolean(),
  isStopping: z.boolean(),
  configurationError: z.string().nullable().describe('The last refused configuration.'),
  listeners: z.array(listenerSchema),
  pools: z.array(poolSummarySchema),
  loopLagMs: quantilesSchema,
  process: z.strictObject({
    pid: z.int(),
    nodeVersion: z.string(),
    cpuSeconds: z.number().nonnegative(),
    residentBytes: count,
    heapUsedBytes: count,
    openDescriptors: count.nullable(),
    descriptorLimit: count.nullable()
  })
})

export const statusRoute: AdminRoute = {
  path: '/api/v1/status',
  access: 'token',
  methods: {
    GET: operation({
      id: 'readStatus',
      summary: 'The engine in short',
      answers: {
        200: { meaning: 'What runs, since when, and what it costs.', schema: statusSchema }
      },
      errors: [],
      handle: answerStatus
    })
  }
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
  } satisfies DocumentOf<typeof statusSchema>)
}

function listenerDocument(listener: ListenerView): DocumentOf<typeof listenerSchema> {
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

function poolSummary(pool: EngineView['pools'][number]): DocumentOf<typeof poolSummarySchema> {
  return {
    name: pool.name,
    activeLevel: pool.activeLevel,
    backends: pool.backends.length,
    eligible: pool.backends.filter((backend) => backend.isEligible).length
  }
}

function quantiles(histogram: LatencyHistogram): DocumentOf<typeof quantilesSchema> {
  return { p50: histogram.quantile(0.5), p99: histogram.quantile(0.99) }
}
