/** The shape of `pool-document.ts`: what the OpenAPI document tells of pools and backends. */
import { z } from 'zod'
import { ALGORITHM_NAMES, type AlgorithmId } from '../model/algorithm.ts'
import { probeRecordSchema } from '../model/probe-record.ts'
import { CIRCUIT_STATES } from '../model/failover-state.ts'
import { ADMIN_STATES, HEALTH_STATES } from '../model/states.ts'

const ALGORITHMS = Object.keys(ALGORITHM_NAMES) as [AlgorithmId, ...AlgorithmId[]]

const count = z.int().nonnegative()
const wallMs = z.number().describe('Milliseconds since the Unix epoch.')

export const latencySchema = z
  .strictObject({
    count,
    sum: z.number().nonnegative(),
    p50: z.number().nonnegative(),
    p95: z.number().nonnegative(),
    p99: z.number().nonnegative()
  })
  .describe('Milliseconds; quantiles are at most 9 % above the exact value.')

export const trafficSchema = z
  .strictObject({
    requests: count,
    inFlight: count,
    inFlightMax: count,
    queued: count,
    queuedMax: count,
    responses: z.strictObject({
      '1xx': count,
      '2xx': count,
      '3xx': count,
      '4xx': count,
      '5xx': count,
      other: count
    }),
    bytesIn: count,
    bytesOut: count,
    retries: count,
    redispatches: count,
    connectErrors: count,
    responseErrors: count,
    clientAborts: count,
    serverAborts: count,
    totalMs: latencySchema
  })
  .describe('Counters grow from the start of the engine process.')

export const backendSchema = z.strictObject({
  address: z.string().describe('As written in the configuration.'),
  level: count.describe('0 = primary, 1 = first backup, …'),
  region: z.string().nullable(),
  adminState: z.enum(ADMIN_STATES).describe("The operator's word."),
  adminReason: z.string(),
  health: z.enum(HEALTH_STATES).describe('What probes say.'),
  healthReason: z.string(),
  isEligible: z.boolean().describe('Whether it may get a new request.'),
  ejection: z
    .strictObject({ untilMs: wallMs, reason: z.string() })
    .nullable()
    .describe('Out of the rotation because of failed requests; null = it is not.'),
  circuit: z.enum(CIRCUIT_STATES).describe('What failed requests made of its circuit.'),
  isPassedOver: z
    .boolean()
    .describe('It is eligible, but backends of the preferred region serve its level.'),
  warmth: z
    .number()
    .min(0)
    .max(1)
    .describe('Share of its weight and slots that it has: below 1 during slow start only.'),
  changedAtMs: wallMs,
  weight: z.number().nonnegative(),
  configuredWeight: z.number().nonnegative(),
  isWeightOverridden: z.boolean(),
  lastFailure: z.strictObject({ atMs: wallMs, reason: z.string() }).nullable(),
  connections: z.strictObject({ open: count, idle: count }),
  traffic: trafficSchema.extend({
    connectionsOpened: count,
    connectionsReused: count,
    probesPassed: count,
    probesFailed: count,
    timesDown: count,
    responseHeadMs: latencySchema
  }),
  probes: z
    .array(probeRecordSchema)
    .optional()
    .describe('The last 50, oldest first; only where one pool or backend is asked for.')
})

export const poolSchema = z.strictObject({
  name: z.string(),
  algorithm: z.enum(ALGORITHMS),
  activeLevel: z.int().min(-1).describe('The level that serves; -1 = nobody serves.'),
  isAvailable: z.boolean(),
  preferRegion: z
    .string()
    .nullable()
    .describe('Within a level its backends serve while one of them is eligible.'),
  traffic: trafficSchema,
  backends: z.array(backendSchema)
})

export const poolsSchema = z.strictObject({ pools: z.array(poolSchema) })

/** What a handler may hand over for a schema: nothing is copied for the sake of a type. */
export type DocumentOf<Schema extends z.ZodType> = DeepReadonly<z.output<Schema>>

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T
