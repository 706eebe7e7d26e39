/**
 * What an observed engine reports by itself, as plain JSON: its *fleet* (who is there, in what
 * state; sent when it changes) and its *ticks* (numbers; every 250 ms, in the order of the fleet
 * of the same revision). A tick that the parent has not acknowledged holds the next one back, so
 * that a slow console gets fewer ticks and never a queue of them.
 */
import { z } from 'zod'
import { HASH_METHODS, PARTITION_METHODS } from './balance-settings.ts'
import { failoverLevelSchema } from './failover-report.ts'
import { FAILOVER_MODES, FAILOVER_PHASES, FAILOVER_STRATEGIES } from './failover-state.ts'
import { CIRCUIT_STATES } from './failover-state.ts'
import { operatorHoldSchema } from './hold-report.ts'
import { probeRecordSchema } from './probe-record.ts'
import { ADMIN_STATES, HEALTH_STATES } from './states.ts'
import { trafficRowSchema } from './traffic-row.ts'

export const TICK_INTERVAL_MS = 250

/** Results of the newest probes that a table shows beside a backend. */
export const STREAK_LENGTH = 8

const count = z.number().nonnegative()

/** How far a backend is on its way to the other health state. */
export const healthProgressSchema = z.strictObject({
  /** `passing` counts successes towards `up`, `failing` failures towards `down`. */
  direction: z.enum(['steady', 'passing', 'failing']),
  done: z.int().nonnegative(),
  needed: z.int().nonnegative()
})

export const fleetBackendSchema = z.strictObject({
  address: z.string(),
  level: z.int().nonnegative(),
  region: z.string().nullable(),
  weight: z.number(),
  configuredWeight: z.number(),
  isWeightOverridden: z.boolean(),
  adminState: z.enum(ADMIN_STATES),
  adminReason: z.string(),
  health: z.enum(HEALTH_STATES),
  healthReason: z.string(),
  hasHealthCheck: z.boolean(),
  isEligible: z.boolean(),
  /** Out of the rotation because of failed requests; null = it is not. */
  ejection: z.strictObject({ untilMs: z.number(), reason: z.string() }).nullable(),
  circuit: z.enum(CIRCUIT_STATES),
  /** Share of its weight and slots that it has, 0.1 to 1: below 1 during slow start only. */
  warmth: z.number().min(0).max(1),
  /** The region whose backends serve its level in its place; null: it is not passed over. */
  passedOverFor: z.string().nullable(),
  /** Requests at one time; 0 = unlimited. */
  slotLimit: z.int().nonnegative(),
  /** Wall-clock milliseconds of the last change of either state. */
  changedAtMs: z.number(),
  /** Why the name does not resolve now; null when it does. */
  resolutionError: z.string().nullable()
})

/** The failover of a pool, as its ladder shows it; `FailoverStatus` has the rest. */
export const fleetFailoverSchema = z.strictObject({
  phase: z.enum(FAILOVER_PHASES),
  mode: z.enum(FAILOVER_MODES),
  strategy: z.enum(FAILOVER_STRATEGIES),
  /** The level that an operator chose; null = nobody did. */
  latchedLevel: z.int().nullable(),
  /** It is held also with fewer than `min_eligible` backends. */
  isLatchForced: z.boolean(),
  latchReason: z.string().nullable(),
  /** The level that traffic belongs to, also while nobody there can serve. */
  level: z.int(),
  /** Nobody serves while the delay of a lost level runs: requests wait for `level`. */
  isWaiting: z.boolean(),
  /** Wall-clock milliseconds since which phase and level hold. */
  sinceMs: z.number(),
  /** When the wait or the ramp that runs will be over if nothing changes; null = there is none. */
  dueAtMs: z.number().nullable(),
  /** Ascending. Shares are those of this moment: while a ramp runs they come in steps of a tenth. */
  levels: z.array(failoverLevelSchema)
})

/** What an algorithm that goes by a key of the request goes by. */
export const fleetKeySchema = z.strictObject({
  /** As it is written: `header:x-case-id`. */
  key: z.string(),
  method: z.enum([...HASH_METHODS, ...PARTITION_METHODS]),
  /** Of the fair share of the requests in flight; 0 = no bound. */
  loadBound: z.number().nonnegative()
})

/** A pool whose requests may wait for a backend that comes back. */
export const fleetHoldSchema = z.strictObject({
  /** Requests that may wait at one time. */
  maxRequests: z.int().positive(),
  /** Octets of all their bodies. */
  maxBytes: z.int().nonnegative(),
  /** How long one may wait in all, where its route says nothing else. */
  timeoutMs: z.int().positive(),
  /** Every route to the pool: how long its requests may wait; null = they do not. */
  routes: z.array(z.strictObject({ name: z.string(), timeoutMs: z.int().positive().nullable() })),
  /** Who answers when there is no place, or its time is over; null = nobody: 503. */
  fallback: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('pool'), pool: z.string() }),
      z.strictObject({ kind: z.literal('status'), status: z.int() })
    ])
    .nullable(),
  operator: operatorHoldSchema
})

export const fleetSchema = z.strictObject({
  /** Grows whenever anything in here changes. */
  revision: z.int().nonnegative(),
  atMs: z.number(),
  version: z.string(),
  startedAtMs: z.number(),
  isReady: z.boolean(),
  isStopping: z.boolean(),
  configurationError: z.string().nullable(),
  listeners: z.array(
    z.strictObject({
      name: z.string(),
      address: z.string(),
      scheme: z.enum(['http', 'https']),
      isOpen: z.boolean()
    })
  ),
  /** In the order of the configuration. */
  routes: z.array(
    z.strictObject({
      name: z.string(),
      /** null = any. */
      host: z.string().nullable(),
      pathPrefix: z.string(),
      pool: z.string()
    })
  ),
  pools: z.array(
    z.strictObject({
      name: z.string(),
      algorithm: z.string(),
      /** null: its algorithm goes by no key. */
      key: fleetKeySchema.nullable(),
      /** 0 = primary; -1 = nobody serves. */
      activeLevel: z.int(),
      /** Requests that may wait for a slot; 0 = none. */
      queueLimit: z.int().nonnegative(),
      /** null: it has one level, or its failover is switched off, and nothing is latched. */
      failover: fleetFailoverSchema.nullable(),
      /** Why an operator has nothing to switch, as half a sentence; null = he has. */
      failoverObstacle: z.string().nullable(),
      /** null: its requests do not wait for a backend that comes back. */
      hold: fleetHoldSchema.nullable(),
      backends: z.array(fleetBackendSchema)
    })
  )
})

/** A backend that was probed since the last tick. */
export const probedBackendSchema = z.strictObject({
  pool: z.string(),
  backend: z.string(),
  last: probeRecordSchema,
  /** Whether each of the newest probes passed, oldest first; at most `STREAK_LENGTH`. */
  streak: z.array(z.boolean()),
  progress: healthProgressSchema
})

/** Those who wait in one pool. Rates are per second over the live window. */
export const holdNumbersSchema = z.strictObject({
  held: z.int().nonnegative(),
  /** Octets of their bodies. */
  bytes: z.int().nonnegative(),
  /** Of the one that has waited longest; null = nobody waits. */
  oldestMs: z.number().nonnegative().nullable(),
  entered: count,
  /** Answered by a backend after their wait. */
  released: count,
  /** Since the start: told that it took too long, or that there was no place. */
  lostTotal: z.int().nonnegative()
})

export const tickSchema = z.strictObject({
  seq: z.int().positive(),
  /** The fleet whose order the rows have. */
  revision: z.int().nonnegative(),
  atMs: z.number(),
  process: z.strictObject({
    pid: z.int(),
    /** Share of one processor since the last tick, 0 to 1 and more. */
    cpuShare: count,
    residentBytes: count,
    heapUsedBytes: count,
    loopLagP99Ms: count
  }),
  /** All listeners together. */
  total: trafficRowSchema,
  listeners: z.array(trafficRowSchema),
  pools: z.array(
    z.strictObject({
      row: trafficRowSchema,
      /** null: its requests do not wait for a backend that comes back. */
      hold: holdNumbersSchema.nullable(),
      /** null: as in the tick before of the same revision. */
      backends: z.array(trafficRowSchema.nullable())
    })
  ),
  probed: z.array(probedBackendSchema)
})

/** Every backend's newest probes: for a console that has just come. */
export const probeBoardSchema = z.array(probedBackendSchema)

export type Fleet = Readonly<z.infer<typeof fleetSchema>>
export type FleetFailover = Readonly<z.infer<typeof fleetFailoverSchema>>
export type FleetPool = Fleet['pools'][number]
export type FleetBackend = Readonly<z.infer<typeof fleetBackendSchema>>
export type FleetHold = Readonly<z.infer<typeof fleetHoldSchema>>
export type HoldNumbers = Readonly<z.infer<typeof holdNumbersSchema>>
export type HealthProgress = Readonly<z.infer<typeof healthProgressSchema>>
export type ProbedBackend = Readonly<z.infer<typeof probedBackendSchema>>
export type Tick = Readonly<z.infer<typeof tickSchema>>
