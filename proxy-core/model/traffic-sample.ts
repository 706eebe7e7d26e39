/**
 * One finished request as the traffic view shows it: a sample, with errors, retries and slow
 * requests always among it. Never a body; values of sensitive fields are masked.
 */
import { z } from 'zod'

/** Ordinary requests that a second of samples holds at most. */
export const SAMPLED_PER_SECOND = 50
/** Errors, retries and slow requests beyond those, per second. */
export const NOTABLE_PER_SECOND = 200
/** Slower than this is always kept. */
export const SLOW_REQUEST_MS = 1000
/** What the engine keeps for a console that opens the view later. */
export const SAMPLES_KEPT = 500

/** Values of these fields never leave the engine; `MASKED` stands in their place. */
export const SENSITIVE_FIELDS = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key'
] as const

export const MASKED = '••••'

const ms = z.number()

export const attemptSchema = z.strictObject({
  backend: z.string(),
  /** From the request head, when this attempt began. */
  startedMs: ms,
  /** Waiting for a slot of the backend. */
  queueMs: ms,
  /** 0 on a connection that was open already. */
  connectMs: ms,
  /** From the request sent to the response head; -1 when none came. */
  firstByteMs: ms,
  /** From the response head to its end; -1 when it did not end. */
  transferMs: ms,
  /** null when no response head came. */
  status: z.int().nullable(),
  /** Half a sentence; null when the attempt succeeded. */
  failure: z.string().nullable()
})

/** Why a backend could not be picked when the request was routed. */
export const exclusionSchema = z.strictObject({ backend: z.string(), reason: z.string() })

export const routingReasonSchema = z.strictObject({
  route: z.string(),
  algorithm: z.string(),
  activeLevel: z.int(),
  /** Backends that could have been picked. */
  candidates: z.array(z.string()).max(32),
  /** Number of candidates, also when not all are listed. */
  candidateCount: z.int().nonnegative(),
  exclusions: z.array(exclusionSchema).max(32)
})

export const trafficSampleSchema = z.strictObject({
  /** Grows by one per sample of one engine process. */
  seq: z.int().positive(),
  /** Wall-clock milliseconds at which the request head was complete. */
  atMs: z.number(),
  listener: z.string(),
  pool: z.string(),
  /** Address of the backend that answered last; empty when none was asked. */
  backend: z.string(),
  method: z.string(),
  /** As received; at most 512 characters. */
  target: z.string(),
  host: z.string(),
  clientAddress: z.string(),
  requestId: z.string(),
  /** 0 when the client left before any response. */
  status: z.int(),
  durationMs: ms,
  requestBytes: z.number(),
  responseBytes: z.number(),
  /** Why it ended otherwise than by a complete response; empty when it did not. */
  termination: z.string(),
  /** Why it is here: by chance, or because it is notable. */
  keptBecause: z.enum(['sample', 'error', 'retry', 'slow']),
  attempts: z.array(attemptSchema).max(16),
  /** Fields of the request as it was forwarded, at most 32, each value at most 256 characters. */
  requestFields: z.array(z.tuple([z.string(), z.string()])).max(32),
  /** null when no pool was reached. */
  why: routingReasonSchema.nullable()
})

export const trafficBatchSchema = z.strictObject({
  /** Requests that finished while the batch was collected, kept or not. */
  seen: z.int().nonnegative(),
  spanMs: z.number().nonnegative(),
  /** Notable requests that did not fit into the limit of their second. */
  droppedNotable: z.int().nonnegative(),
  samples: z.array(trafficSampleSchema).max(SAMPLES_KEPT)
})

export type Attempt = Readonly<z.infer<typeof attemptSchema>>
export type RoutingReason = Readonly<z.infer<typeof routingReasonSchema>>
export type TrafficSample = Readonly<z.infer<typeof trafficSampleSchema>>
export type TrafficBatch = Readonly<z.infer<typeof trafficBatchSchema>>
