/**
 * Payloads of the two live topics. `fleet` says who is there and in what state, whenever that
 * changes; `numbers` comes four times a second, in the order of the fleet of its revision.
 */
import { z } from 'zod'
import {
  fleetBackendSchema,
  fleetSchema,
  holdNumbersSchema,
  probedBackendSchema,
  tickSchema
} from '../../proxy-core/model/engine-telemetry.ts'
import { BACKEND_STATUSES, SERVICE_STATUSES, verdictSchema } from './status.ts'

export const ENGINE_PHASES = [
  'none',
  'starting',
  'running',
  'silent',
  'restarting',
  'stopped'
] as const

export const engineStatusSchema = z.strictObject({
  /**
   * `none`: no workspace is open. `silent`: it runs, but has not been heard for a second.
   * `restarting`: it died and is started again. `stopped`: it could not be started.
   */
  phase: z.enum(ENGINE_PHASES),
  pid: z.int().nullable(),
  /** Deaths since the workspace was opened. */
  restarts: z.int().nonnegative(),
  startedAtMs: z.number().nullable(),
  /** A sentence on the last death or refusal; null when there was none. */
  reason: z.string().nullable(),
  /** Wall-clock milliseconds of the next start; null unless `restarting`. */
  restartAtMs: z.number().nullable()
})

export const liveBackendSchema = fleetBackendSchema.extend({
  /** For glyph and colour. */
  status: z.enum(BACKEND_STATUSES),
  /** "Healthy", "Failing 2/3", "Down", "No checks". */
  statusWord: z.string(),
  /** Why, as a sentence. */
  statusReason: z.string(),
  /** Wall-clock milliseconds at which drain or maintenance ends by itself; null = it does not. */
  adminUntilMs: z.number().nullable()
})

export const livePoolSchema = fleetSchema.shape.pools.element.omit({ backends: true }).extend({
  status: z.enum(SERVICE_STATUSES),
  /** "Serving", "Degraded, on backup", "Down". */
  statusWord: z.string(),
  statusReason: z.string(),
  backends: z.array(liveBackendSchema)
})

export const liveFleetSchema = z.strictObject({
  revision: z.int().nonnegative(),
  atMs: z.number(),
  engine: engineStatusSchema,
  verdict: verdictSchema,
  configurationError: z.string().nullable(),
  listeners: fleetSchema.shape.listeners,
  routes: fleetSchema.shape.routes,
  pools: z.array(livePoolSchema),
  /** The newest probes of every backend, for a page that has just come. */
  probes: z.array(probedBackendSchema)
})

/** What becomes of those who wait in a pool, if all goes on as in the last seconds. */
export const holdOutlookSchema = z.discriminatedUnion('kind', [
  /** Nobody waits. */
  z.strictObject({ kind: z.literal('empty') }),
  /** An operator lets them wait. */
  z.strictObject({ kind: z.literal('operator') }),
  /** Nobody serves. */
  z.strictObject({ kind: z.literal('backend') }),
  /** More come than go. */
  z.strictObject({ kind: z.literal('growing'), perSecond: z.number().positive() }),
  /** As many go as come. */
  z.strictObject({ kind: z.literal('steady') }),
  z.strictObject({ kind: z.literal('draining'), leftMs: z.number().positive() })
])

export const liveHoldSchema = holdNumbersSchema.extend({
  outlook: holdOutlookSchema,
  /** Wall-clock milliseconds of the last moment at which somebody waited; null = not seen yet. */
  waitedAtMs: z.number().nullable()
})

/** Every row is complete here: `null` stays between the engine and its parent. */
export const liveNumbersSchema = tickSchema.extend({
  pools: z.array(
    z.strictObject({
      row: tickSchema.shape.total,
      /** null: its requests do not wait for a backend that comes back. */
      hold: liveHoldSchema.nullable(),
      backends: z.array(tickSchema.shape.total)
    })
  )
})

export type EngineStatus = Readonly<z.infer<typeof engineStatusSchema>>
export type EnginePhase = EngineStatus['phase']
export type LiveBackend = Readonly<z.infer<typeof liveBackendSchema>>
export type LivePool = Readonly<z.infer<typeof livePoolSchema>>
export type LiveFleet = Readonly<z.infer<typeof liveFleetSchema>>
export type HoldOutlook = Readonly<z.infer<typeof holdOutlookSchema>>
export type LiveHold = Readonly<z.infer<typeof liveHoldSchema>>
export type LiveNumbers = Readonly<z.infer<typeof liveNumbersSchema>>
