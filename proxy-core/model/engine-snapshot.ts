/**
 * What one look at a running engine shows, as plain JSON: the answer to the control
 * protocol's `snapshot`. Counters grow from the start of the engine process.
 */
import { z } from 'zod'
import { ADMIN_STATES, HEALTH_STATES } from './states.ts'

const count = z.number().nonnegative()

const trafficSchema = z.strictObject({
  requests: count,
  inFlight: count,
  queued: count,
  retries: count,
  connectErrors: count,
  responseErrors: count,
  clientAborts: count,
  refused: count,
  bytesIn: count,
  bytesOut: count,
  /** Index 1 = 1xx … 5 = 5xx, index 0 = anything else. */
  responses: z.array(count).length(6),
  /** Milliseconds from the request head to the end of the response. */
  p50Ms: count,
  p99Ms: count
})

export const engineSnapshotSchema = z.strictObject({
  version: z.string(),
  startedAtMs: z.number(),
  isReady: z.boolean(),
  isStopping: z.boolean(),
  configurationError: z.string().nullable(),
  process: z.strictObject({
    pid: z.int(),
    /** CPU time of the process in microseconds. */
    userMicros: count,
    systemMicros: count,
    residentBytes: count,
    heapUsedBytes: count
  }),
  loopLag: z.strictObject({ p50Ms: count, p99Ms: count }),
  listeners: z.array(
    z.strictObject({
      name: z.string(),
      address: z.string(),
      isOpen: z.boolean(),
      connections: count,
      traffic: trafficSchema
    })
  ),
  pools: z.array(
    z.strictObject({
      name: z.string(),
      algorithm: z.string(),
      /** 0 = primary; -1 = no eligible backend. */
      activeLevel: z.int(),
      traffic: trafficSchema,
      backends: z.array(
        z.strictObject({
          address: z.string(),
          level: z.int(),
          adminState: z.enum(ADMIN_STATES),
          adminReason: z.string(),
          health: z.enum(HEALTH_STATES),
          healthReason: z.string(),
          weight: z.number(),
          isWeightOverridden: z.boolean(),
          isEligible: z.boolean(),
          changedAtMs: z.number(),
          traffic: trafficSchema
        })
      )
    })
  )
})

export type TrafficSnapshot = Readonly<z.infer<typeof trafficSchema>>
export type EngineSnapshot = Readonly<z.infer<typeof engineSnapshotSchema>>
