/** The console itself: preferences, diagnostics, the host. */
import { z } from 'zod'
import { mutation, query } from '../definition.ts'
import { offeredActionsSchema } from '../host-menu.ts'
import { preferencesPatchSchema, preferencesSchema, secretStoreSchema } from '../preferences.ts'

const nothing = z.strictObject({})

export const diagnosticsSchema = z.strictObject({
  version: z.string(),
  nodeVersion: z.string(),
  electronVersion: z.string().nullable(),
  platform: z.string(),
  enginePid: z.int().nullable(),
  engineRestarts: z.int().nonnegative(),
  /** Where files of the console are. */
  stateFolder: z.string(),
  settingsFile: z.string(),
  secretStore: secretStoreSchema,
  /** Of the control plane's process. */
  residentBytes: z.number(),
  loopLagP99Ms: z.number(),
  /** Everything above and more as text without secrets, to paste into a report. */
  report: z.string()
})

export const CONSOLE_METHODS = {
  'preferences.change': mutation(preferencesPatchSchema, preferencesSchema),
  'diagnostics.read': query(nothing, diagnosticsSchema),
  /** https links only, in the user's browser; where the host can. Errors: LINK_REFUSED. */
  'host.openExternal': mutation(z.strictObject({ url: z.string().max(2000) }), nothing),
  /**
   * The actions for the menu bar of a host that has one, all of them, whenever they change. A
   * repeat does no harm, so it needs no operation id. Errors: ABILITY_MISSING.
   */
  'host.offerActions': query(offeredActionsSchema, nothing)
}

export type Diagnostics = Readonly<z.infer<typeof diagnosticsSchema>>
