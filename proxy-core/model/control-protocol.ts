/**
 * Every message between a control-plane parent and its engine process, one discriminated
 * union per direction. The receiving side checks each message against these schemas, so
 * that two builds of different age disagree with a sentence and not with a crash.
 *
 * The order of a life: the engine says `ready`, the parent `start`s it once and `load`s a
 * configuration (again on every reload); commands and snapshots in between; `stop` ends
 * it with `stopped`. A channel that closes without `stop` makes the engine drain and exit.
 */
import { z } from 'zod'
import { backendEvidenceSchema } from './backend-evidence.ts'
import { engineEventSchema } from './engine-event-schema.ts'
import { engineSnapshotSchema } from './engine-snapshot.ts'
import { fleetSchema, probeBoardSchema, tickSchema } from './engine-telemetry.ts'
import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.ts'
import { notificationCountersSchema } from './notification-counters.ts'
import { failoverPreviewSchema } from './failover-report.ts'
import { heldRequestSchema } from './hold-report.ts'
import { seriesQuerySchema, seriesSchema } from './series.ts'
import { ADMIN_STATES } from './states.ts'
import { trafficBatchSchema, trafficSampleSchema } from './traffic-sample.ts'

/** Grows when a message changes incompatibly; both sides must agree. */
export const CONTROL_PROTOCOL_VERSION = 4

/** Pairs an answer with its request; the parent numbers them. */
const id = z.int().nonnegative()

const errorCodeSchema = z.enum(Object.keys(ERROR_CATALOGUE) as [ErrorCode, ...ErrorCode[]])

const activationSchema = z.strictObject({
  /** null: the operator leaves it to the pool. */
  level: z.int().nonnegative().nullable(),
  isForced: z.boolean(),
  reason: z.string()
})

const commandSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('set_admin_state'),
    pool: z.string(),
    backend: z.string(),
    state: z.enum(ADMIN_STATES),
    reason: z.string()
  }),
  z.strictObject({
    name: z.literal('set_weight'),
    pool: z.string(),
    backend: z.string(),
    /** null resets to the configured weight. The range is the engine's to check. */
    weight: z.number().nullable(),
    reason: z.string()
  }),
  /** Answers when the probe has ended; its result counts like that of any other probe. */
  z.strictObject({ name: z.literal('probe_now'), pool: z.string(), backend: z.string() }),
  z.strictObject({
    name: z.literal('activate_failover'),
    pool: z.string(),
    activation: activationSchema
  }),
  z.strictObject({
    name: z.literal('deactivate_failover'),
    pool: z.string(),
    reason: z.string()
  }),
  /** Lets the requests of the pool wait. */
  z.strictObject({
    name: z.literal('hold_pool'),
    pool: z.string(),
    durationMs: z.int().positive(),
    reason: z.string()
  }),
  z.strictObject({ name: z.literal('release_pool'), pool: z.string(), reason: z.string() })
])

const questionSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('series'), query: seriesQuerySchema }),
  z.strictObject({ name: z.literal('evidence'), pool: z.string(), backend: z.string() }),
  /** The newest probes of every backend. */
  z.strictObject({ name: z.literal('probe_board') }),
  /** Samples with `seq` greater than `since`, of those that are kept. */
  z.strictObject({ name: z.literal('traffic'), since: z.int().nonnegative() }),
  /** What `activate_failover` would do now. */
  z.strictObject({
    name: z.literal('failover_preview'),
    pool: z.string(),
    activation: activationSchema
  }),
  /** The first of those who wait in a pool for a backend. */
  z.strictObject({ name: z.literal('held'), pool: z.string() })
])

const answerSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('series'), series: seriesSchema }),
  z.strictObject({ name: z.literal('evidence'), evidence: backendEvidenceSchema }),
  z.strictObject({ name: z.literal('probe_board'), board: probeBoardSchema }),
  z.strictObject({ name: z.literal('traffic'), samples: z.array(trafficSampleSchema) }),
  z.strictObject({ name: z.literal('failover_preview'), preview: failoverPreviewSchema }),
  z.strictObject({ name: z.literal('held'), requests: z.array(heldRequestSchema) })
])

export const toEngineSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('start'),
    /** The product's version, for metrics and `Via`. */
    version: z.string(),
    /** Where the operator's overlay is kept; null keeps none. */
    stateDirectory: z.string().nullable(),
    /** What the admin API asks for as a bearer token. */
    adminToken: z.string()
  }),
  z.strictObject({
    kind: z.literal('load'),
    id,
    /** The parsed YAML document, plain JSON: the configuration's own schema checks it. */
    document: z.unknown(),
    /** Relative paths of the document start here. */
    baseDir: z.string(),
    /** Only for messages. */
    file: z.string()
  }),
  /** The parent refused a file before any engine saw it: the admin API shows why. */
  z.strictObject({ kind: z.literal('note_refusal'), code: errorCodeSchema, reason: z.string() }),
  /** What the parent has counted about its notifications: `/metrics` shows it. */
  z.strictObject({
    kind: z.literal('note_notifications'),
    counters: notificationCountersSchema
  }),
  z.strictObject({ kind: z.literal('command'), id, command: commandSchema }),
  z.strictObject({ kind: z.literal('snapshot'), id }),
  /**
   * From the first one with `isWanted` on the engine sends its fleet, its ticks and, if wanted,
   * its traffic samples; without an observer it collects none of them.
   */
  z.strictObject({
    kind: z.literal('observe'),
    isWanted: z.boolean(),
    isTrafficWanted: z.boolean()
  }),
  /** Until then no further tick comes. */
  z.strictObject({ kind: z.literal('ack_tick'), seq: z.int().positive() }),
  z.strictObject({ kind: z.literal('ask'), id, question: questionSchema }),
  /** After a rotation by rename: close the access logs and open them again by name. */
  z.strictObject({ kind: z.literal('reopen_logs') }),
  /** `drain` finishes what runs within the shutdown timeout, `cut` ends it now. */
  z.strictObject({ kind: z.literal('stop'), mode: z.enum(['drain', 'cut']) })
])

const problemSchema = z.strictObject({
  /** `pools[0].backends[1].address`; the engine has no text, so it knows no line. */
  path: z.string(),
  message: z.string()
})

const schemeSchema = z.enum(['http', 'https'])

const openListenerSchema = z.strictObject({
  name: z.string(),
  /** With the port really bound. */
  address: z.string(),
  scheme: schemeSchema,
  isOpen: z.boolean()
})

const openAdminSchema = z.strictObject({
  address: z.string(),
  scheme: schemeSchema,
  /** Absolute; null with `http`. */
  certificateFile: z.string().nullable()
})

export const fromEngineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), protocol: z.int(), pid: z.int() }),
  z.strictObject({
    kind: z.literal('loaded'),
    id,
    listeners: z.array(openListenerSchema),
    /** null: the admin server could not be opened; an event has said why. */
    admin: openAdminSchema.nullable()
  }),
  /** Nothing changed: the running configuration, if there is one, stays. */
  z.strictObject({
    kind: z.literal('refused'),
    id,
    code: errorCodeSchema,
    reason: z.string(),
    problems: z.array(problemSchema)
  }),
  z.strictObject({
    kind: z.literal('result'),
    id,
    /** null: done. */
    error: z.strictObject({ code: errorCodeSchema, message: z.string() }).nullable()
  }),
  z.strictObject({ kind: z.literal('snapshot'), id, snapshot: engineSnapshotSchema }),
  z.strictObject({ kind: z.literal('fleet'), fleet: fleetSchema }),
  z.strictObject({ kind: z.literal('tick'), tick: tickSchema }),
  z.strictObject({ kind: z.literal('traffic'), batch: trafficBatchSchema }),
  /** A question that cannot be answered gets a `result` with the error. */
  z.strictObject({ kind: z.literal('answer'), id, answer: answerSchema }),
  z.strictObject({ kind: z.literal('event'), event: engineEventSchema }),
  /** Went wrong around the engine, not in it: uncaught errors, the overlay's file, this protocol. */
  z.strictObject({ kind: z.literal('fault'), code: errorCodeSchema, reason: z.string() }),
  z.strictObject({
    kind: z.literal('stopped'),
    finished: z.int().nonnegative(),
    cut: z.int().nonnegative()
  }),
  /** The engine cannot go on and exits after this. */
  z.strictObject({ kind: z.literal('fatal'), code: errorCodeSchema, message: z.string() })
])

export type ToEngine = Readonly<z.infer<typeof toEngineSchema>>
export type FromEngine = Readonly<z.infer<typeof fromEngineSchema>>
export type EngineCommand = Readonly<z.infer<typeof commandSchema>>
export type EngineQuestion = Readonly<z.infer<typeof questionSchema>>
export type EngineAnswer = Readonly<z.infer<typeof answerSchema>>
export type LoadProblem = Readonly<z.infer<typeof problemSchema>>
export type EngineFault = Readonly<Pick<Extract<FromEngine, { kind: 'fault' }>, 'code' | 'reason'>>
export type OpenAdmin = Readonly<z.infer<typeof openAdminSchema>>
export type OpenListener = Readonly<z.infer<typeof openListenerSchema>>
