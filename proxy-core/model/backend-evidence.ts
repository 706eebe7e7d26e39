/** Everything that the engine knows about one backend's state: the answer to "why". */
import { z } from 'zod'
import { healthProgressSchema } from './engine-telemetry.ts'
import { PROBE_HISTORY, probeRecordSchema } from './probe-record.ts'

export const healthCheckFactsSchema = z.strictObject({
  type: z.string(),
  /** "GET http://10.0.0.1:80/health", or "TCP connection to 10.0.0.1:80". */
  request: z.string(),
  intervalMs: z.number(),
  timeoutMs: z.number(),
  /** Failures in a row to `down`. */
  fall: z.int(),
  /** Passes in a row to `up`. */
  rise: z.int(),
  expectedStatus: z.string()
})

export const backendEvidenceSchema = z.strictObject({
  pool: z.string(),
  backend: z.string(),
  /** Wall-clock milliseconds. */
  atMs: z.number(),
  /** Oldest first. */
  probes: z.array(probeRecordSchema).max(PROBE_HISTORY),
  progress: healthProgressSchema,
  /** null: the backend has no health check. */
  healthCheck: healthCheckFactsSchema.nullable(),
  /** Addresses that the name resolves to now. */
  addresses: z.array(z.string()),
  resolutionError: z.string().nullable(),
  /** Why traffic last failed on it. */
  lastFailure: z.strictObject({ atMs: z.number(), reason: z.string() }).nullable(),
  connections: z.strictObject({ open: z.int(), idle: z.int() }),
  totals: z.strictObject({
    requests: z.number(),
    connectErrors: z.number(),
    responseErrors: z.number(),
    retries: z.number(),
    probesPassed: z.number(),
    probesFailed: z.number(),
    timesDown: z.number()
  })
})

export type BackendEvidence = Readonly<z.infer<typeof backendEvidenceSchema>>
export type HealthCheckFacts = Readonly<z.infer<typeof healthCheckFactsSchema>>
