/**
 * The evidence of one health probe. Codes are HAProxy's (management.txt, "check_status"),
 * because operators know how to read them; `DNS` is ours.
 */
export type ProbeCode =
  'L4OK' | 'L4TOUT' | 'L4CON' | 'L6TOUT' | 'L6RSP' | 'L7OK' | 'L7TOUT' | 'L7RSP' | 'L7STS' | 'DNS'

export interface ProbeRecord {
  /** Milliseconds since the epoch at which the probe began. */
  readonly atMs: number
  readonly durationMs: number
  readonly hasPassed: boolean
  readonly code: ProbeCode
  /** HTTP status, or null where none arrived. */
  readonly status: number | null
  /** A sentence: what was expected, what came. */
  readonly detail: string
}

/** How many records a backend keeps. */
export const PROBE_HISTORY = 50
