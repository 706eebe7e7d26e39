/** The wire form of `EngineEvent`, checked where events arrive from another process. */
import { z } from 'zod'
import { STORE_OUTCOMES, type EngineEvent } from './engine-event.ts'
import { CIRCUIT_STATES, FAILOVER_PHASES } from './failover-state.ts'
import { probeRecordSchema } from './probe-record.ts'
import { ADMIN_STATES, HEALTH_STATES } from './states.ts'

const base = { seq: z.int().nonnegative(), atMs: z.number() }
const backend = { pool: z.string(), backend: z.string() }
const reason = z.string()

export const engineEventSchema: z.ZodType<EngineEvent> = z.discriminatedUnion('kind', [
  z.strictObject({
    ...base,
    ...backend,
    kind: z.literal('backend_health'),
    from: z.enum(HEALTH_STATES),
    to: z.enum(HEALTH_STATES),
    reason,
    evidence: z.array(probeRecordSchema)
  }),
  z.strictObject({
    ...base,
    ...backend,
    kind: z.literal('backend_admin'),
    from: z.enum(ADMIN_STATES),
    to: z.enum(ADMIN_STATES),
    reason
  }),
  z.strictObject({
    ...base,
    ...backend,
    kind: z.literal('backend_weight'),
    from: z.number(),
    to: z.number(),
    reason
  }),
  z.strictObject({
    ...base,
    kind: z.literal('pool_availability'),
    pool: z.string(),
    isAvailable: z.boolean(),
    doRequestsWait: z.boolean(),
    reason
  }),
  z.strictObject({
    ...base,
    kind: z.literal('failover'),
    pool: z.string(),
    from: z.enum(FAILOVER_PHASES),
    to: z.enum(FAILOVER_PHASES),
    fromLevel: z.int(),
    toLevel: z.int(),
    isManual: z.boolean(),
    reason
  }),
  z.strictObject({
    ...base,
    kind: z.literal('pool_hold'),
    pool: z.string(),
    isHeld: z.boolean(),
    untilMs: z.int().nullable(),
    reason
  }),
  z.strictObject({
    ...base,
    ...backend,
    kind: z.literal('backend_ejection'),
    isEjected: z.boolean(),
    durationMs: z.number().nonnegative(),
    reason
  }),
  z.strictObject({
    ...base,
    ...backend,
    kind: z.literal('backend_circuit'),
    from: z.enum(CIRCUIT_STATES),
    to: z.enum(CIRCUIT_STATES),
    reason
  }),
  z.strictObject({
    ...base,
    kind: z.literal('configuration'),
    outcome: z.enum(['loaded', 'refused']),
    code: z.string().nullable(),
    reason
  }),
  z.strictObject({
    ...base,
    kind: z.literal('listener'),
    listener: z.string(),
    outcome: z.enum(['opened', 'closed', 'failed', 'certificate_reloaded']),
    code: z.string().nullable(),
    reason
  }),
  z.strictObject({
    ...base,
    ...backend,
    kind: z.literal('resolution'),
    addresses: z.array(z.string()),
    error: z.string().nullable()
  }),
  z.strictObject({
    ...base,
    kind: z.literal('store'),
    outcome: z.enum(STORE_OUTCOMES),
    route: z.string().nullable(),
    count: z.int().positive(),
    reason
  }),
  z.strictObject({ ...base, kind: z.literal('fault'), code: z.string(), reason })
])
