/**
 * What a host tells the console page when it starts: which product and version this is, and
 * what the host can do. The page decides by these facts, never by guessing where it runs.
 */
import { z } from 'zod'

export const helloSchema = z.object({
  version: z.string(),
  host: z.object({
    /** `desktop`: an own window. `web`: a browser that talks to this machine over loopback. */
    kind: z.enum(['desktop', 'web']),
    /** Node.js of the process behind the page, as `24.21.0`. */
    nodeVersion: z.string(),
    /** As `process.platform` names it. */
    platform: z.string()
  })
})

export type Hello = Readonly<z.infer<typeof helloSchema>>
export type HostKind = Hello['host']['kind']
