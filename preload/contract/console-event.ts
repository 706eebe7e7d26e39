/** One line of what happened, as the event strip, the incidents and the history show it. */
import { z } from 'zod'
import { planRequestSchema } from './plan.ts'

export const EVENT_KINDS = [
  'backend_down',
  'backend_up',
  'pool_lost',
  'pool_back',
  'failover',
  'ejection',
  'circuit',
  'hold',
  'admin',
  'weight',
  'config',
  'listener',
  'resolution',
  'errors_high',
  'errors_normal',
  'engine',
  'buffer',
  'fault',
  'console'
] as const

export const EVENT_ACTORS = ['probe', 'traffic', 'operator', 'engine', 'console'] as const

/** `critical`: users may notice. `warning`: capacity or safety is reduced. `notice`: good to know. */
export const EVENT_SEVERITIES = ['info', 'notice', 'warning', 'critical'] as const

export const consoleEventSchema = z.strictObject({
  /** Grows by one per event for the life of the history file, so it survives restarts. */
  seq: z.int().positive(),
  /** Wall-clock milliseconds. */
  atMs: z.number(),
  kind: z.enum(EVENT_KINDS),
  severity: z.enum(EVENT_SEVERITIES),
  actor: z.enum(EVENT_ACTORS),
  /** A sentence that stands alone. */
  text: z.string(),
  pool: z.string().nullable(),
  backend: z.string().nullable(),
  /** Catalogue code, where the event is a problem with one. */
  code: z.string().nullable(),
  /** The incident that it belongs to. */
  incidentId: z.int().positive().nullable(),
  /** What would mend it, such as the version before a change that hurt; null = nothing is offered. */
  offer: planRequestSchema.nullable()
})

export type ConsoleEvent = Readonly<z.infer<typeof consoleEventSchema>>
export type EventKind = ConsoleEvent['kind']
export type EventSeverity = ConsoleEvent['severity']
export type EventActor = ConsoleEvent['actor']
