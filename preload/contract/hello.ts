/**
 * What a host tells the console page when it starts: which product and version this is, and
 * what the host can do. The page decides by these facts, never by guessing where it runs.
 */
import { z } from 'zod'

export const abilitiesSchema = z.strictObject({
  /** A native dialogue for opening and saving files. */
  hasFileDialogs: z.boolean(),
  /** Notifications of the operating system, shown by the host itself. */
  hasNotifications: z.boolean(),
  hasTray: z.boolean(),
  /** A menu bar of the host shows the actions; the page offers them in its palette anyway. */
  hasNativeMenu: z.boolean(),
  /** Links outside the console can be opened in the user's browser. */
  canOpenExternal: z.boolean(),
  /** Keys that the host keeps for itself: the page's `keysWeb` apply. */
  isInBrowser: z.boolean()
})

export const helloSchema = z.strictObject({
  version: z.string(),
  /** Hash of the host's contract; another one than the page's asks for a reload. */
  contract: z.string(),
  host: z.strictObject({
    /** `desktop`: an own window. `web`: a browser that talks to this machine over loopback. */
    kind: z.enum(['desktop', 'web']),
    /** Node.js of the process behind the page, as `24.21.0`. */
    nodeVersion: z.string(),
    /** As `process.platform` names it. */
    platform: z.string(),
    hostName: z.string()
  }),
  abilities: abilitiesSchema
})

export type Hello = Readonly<z.infer<typeof helloSchema>>
export type HostAbilities = Readonly<z.infer<typeof abilitiesSchema>>
export type HostKind = Hello['host']['kind']
