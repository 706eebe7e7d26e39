/**
 * The words in which states are shown, computed once in the control plane so that every screen,
 * the tray and the title agree. Two axes that never merge into one colour: what the world did
 * (`ServiceStatus`) and what a person did (`AdminState`).
 */
import { z } from 'zod'

/** `idle`: nothing is configured to serve. `unknown`: no data. */
export const SERVICE_STATUSES = ['serving', 'degraded', 'down', 'unknown', 'idle'] as const

/** Glyph and colour of a backend: see the status table of the interface guide. */
export const BACKEND_STATUSES = ['healthy', 'changing', 'down', 'unknown'] as const

export const verdictSchema = z.strictObject({
  status: z.enum(SERVICE_STATUSES),
  /** One or two sentences: who is served, by whom, what is wrong since when. */
  sentence: z.string(),
  /** Two or three words for the tray, the title and the taskbar: "api 3/4". */
  short: z.string(),
  /** Eligible backends and all backends that are not in maintenance. */
  servingBackends: z.int().nonnegative(),
  totalBackends: z.int().nonnegative()
})

export type ServiceStatus = (typeof SERVICE_STATUSES)[number]
export type BackendStatus = (typeof BACKEND_STATUSES)[number]
export type Verdict = Readonly<z.infer<typeof verdictSchema>>
