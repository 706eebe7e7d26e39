/** The first minutes: the demo, or the operator's own backends. */
import { z } from 'zod'
import { mutation, query } from '../definition.ts'
import { workspaceStateSchema } from '../workspace-state.ts'

const nothing = z.strictObject({})
const port = z.int().min(1).max(65_535)

export const SETUP_METHODS = {
  /** Three backends, a pool, a listener and a gentle load, on free loopback ports. */
  'demo.start': mutation(nothing, workspaceStateSchema),
  /** Ends all of it and leaves nothing behind. */
  'demo.stop': mutation(nothing, workspaceStateSchema),
  /** Asks an address once, as a health check would; cancelled with the call. */
  'setup.probe': query(
    z.strictObject({ address: z.string().max(300) }),
    z.strictObject({
      /** `host:port` as the configuration would have it; null when it is no address. */
      address: z.string().nullable(),
      isTls: z.boolean(),
      outcome: z.enum(['answered', 'failed', 'invalid']),
      /** "200 in 12 ms", "refused", "TLS: self-signed certificate". */
      sentence: z.string()
    })
  ),
  'setup.port': query(
    z.strictObject({ port: port.nullable() }),
    z.strictObject({
      /** The wanted port where it is free, else the next free one. */
      port,
      isWanted: z.boolean(),
      /** Why not the wanted one: "8080 is in use by nginx (process 812)"; "" when it is free. */
      reason: z.string()
    })
  ),
  /** Writes a configuration file for these backends, opens and runs it. */
  'setup.start': mutation(
    z.strictObject({ addresses: z.array(z.string().max(300)).min(1).max(100), port }),
    z.strictObject({ workspace: workspaceStateSchema, url: z.string(), curl: z.string() })
  )
}
