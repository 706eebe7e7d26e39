/**
 * The evidence of one health probe. Codes are HAProxy's (management.txt, "check_status"),
 * because operators know how to read them; `DNS` is ours.
 */
import { z } from 'zod'

export const PROBE_CODES = [
  'L4OK',
  'L4TOUT',
  'L4CON',
  'L6TOUT',
  'L6RSP',
  'L7OK',
  'L7TOUT',
  'L7RSP',
  'L7STS',
  'DNS'
] as const

export type ProbeCode = (typeof PROBE_CODES)[number]

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

/** The wire form, checked where records arrive from another process. */
export const probeRecordSchema: z.ZodType<ProbeRecord> = z.strictObject({
  atMs: z.number(),
  durationMs: z.number(),
  hasPassed: z.boolean(),
  code: z.enum(PROBE_CODES),
  status: z.number().nullable(),
  detail: z.string()
})
