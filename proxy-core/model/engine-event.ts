/** What the engine reports as it happens: logged once, kept in a ring, sent to the control plane. */
import type { CircuitState, FailoverPhase } from './failover-state.ts'
import type { AdminState, HealthState } from './states.ts'
import type { ProbeRecord } from './probe-record.ts'

/**
 * `dead_letter` and `expired`: requests that were given up. `refusing` and `accepting`: new ones are
 * refused, and taken again. `quarantined`: octets of a request are damaged. `repaired`: a crash or
 * somebody else has left files that had to be mended or left out.
 */
export const STORE_OUTCOMES = [
  'dead_letter',
  'expired',
  'refusing',
  'accepting',
  'quarantined',
  'repaired',
  'disk_failed',
  'disk_recovered'
] as const
export type StoreOutcome = (typeof STORE_OUTCOMES)[number]

interface EventBase {
  /** Grows by one per event of one engine process. */
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly atMs: number
}

export type EngineEventBody =
  | {
      readonly kind: 'backend_health'
      readonly pool: string
      readonly backend: string
      readonly from: HealthState
      readonly to: HealthState
      readonly reason: string
      /** The probes that decided, oldest first. */
      readonly evidence: readonly ProbeRecord[]
    }
  | {
      readonly kind: 'backend_admin'
      readonly pool: string
      readonly backend: string
      readonly from: AdminState
      readonly to: AdminState
      readonly reason: string
    }
  | {
      readonly kind: 'backend_weight'
      readonly pool: string
      readonly backend: string
      readonly from: number
      readonly to: number
      readonly reason: string
    }
  | {
      /** The pool lost its last eligible backend, or won its first. */
      readonly kind: 'pool_availability'
      readonly pool: string
      readonly isAvailable: boolean
      /** While nobody serves its requests wait, as far as their routes and its line let them. */
      readonly doRequestsWait: boolean
      readonly reason: string
    }
  | {
      /** The failover of a pool took a step. */
      readonly kind: 'failover'
      readonly pool: string
      readonly from: FailoverPhase
      readonly to: FailoverPhase
      /** Levels that traffic went to, or was moving to, before and after. */
      readonly fromLevel: number
      readonly toLevel: number
      /** An operator asked for it. */
      readonly isManual: boolean
      /** With the numbers that caused it. */
      readonly reason: string
    }
  | {
      /** An operator lets the requests of a pool wait, or does so no more. */
      readonly kind: 'pool_hold'
      readonly pool: string
      readonly isHeld: boolean
      /** Wall-clock milliseconds; null when it is over. */
      readonly untilMs: number | null
      readonly reason: string
    }
  | {
      /** Observed failures took a backend out of the rotation, or its time there is over. */
      readonly kind: 'backend_ejection'
      readonly pool: string
      readonly backend: string
      readonly isEjected: boolean
      /** How long it stays out, in milliseconds; 0 when it is back. */
      readonly durationMs: number
      readonly reason: string
    }
  | {
      readonly kind: 'backend_circuit'
      readonly pool: string
      readonly backend: string
      readonly from: CircuitState
      readonly to: CircuitState
      readonly reason: string
    }
  | {
      readonly kind: 'configuration'
      readonly outcome: 'loaded' | 'refused'
      /** Catalogue code of a refusal. */
      readonly code: string | null
      readonly reason: string
    }
  | {
      readonly kind: 'listener'
      readonly listener: string
      readonly outcome: 'opened' | 'closed' | 'failed' | 'certificate_reloaded'
      readonly code: string | null
      readonly reason: string
    }
  | {
      readonly kind: 'resolution'
      readonly pool: string
      readonly backend: string
      readonly addresses: readonly string[]
      /** null when the name resolved. */
      readonly error: string | null
    }
  | {
      /** Of stored requests, and of the store that they are in. */
      readonly kind: 'store'
      readonly outcome: StoreOutcome
      /** null: the store as a whole. */
      readonly route: string | null
      /** Of so many requests, or so many times: what repeats itself is told as a number. */
      readonly count: number
      /** Half a sentence; of several the last one's. */
      readonly reason: string
    }
  | {
      /** Something went wrong that did not stop the engine: one exchange, one file, one probe. */
      readonly kind: 'fault'
      readonly code: string
      readonly reason: string
    }

export type EngineEvent = EventBase & EngineEventBody

/** Receives events without their number and time, which the engine adds. */
export type EventSink = (event: EngineEventBody) => void
