/**
 * What the page's action registry tells a host that has a menu bar, and what such a host asks of
 * the page. The registry stays the only one: the host builds its menu from what it was told.
 */
import { z } from 'zod'

export const offeredActionSchema = z.strictObject({
  /** "go.live"; what the host names when the operator chose it. */
  id: z.string().min(1).max(80),
  /** Of the registry: "Go to", "View", "Pool". */
  section: z.string().max(40),
  title: z.string().min(1).max(120),
  /** The first that holds, as the registry writes it: "Mod+K", "g l"; null without one. */
  keys: z.string().max(40).nullable(),
  isEnabled: z.boolean(),
  /** Of a switch; null for what is none. */
  isOn: z.boolean().nullable()
})

export const offeredActionsSchema = z.strictObject({
  actions: z.array(offeredActionSchema).max(400)
})

/** `seq` grows by one per request of a host's life, so that none is mistaken for a repeat. */
export const hostRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('action'), seq: z.int().positive(), actionId: z.string() }),
  z.strictObject({
    kind: z.literal('incident'),
    seq: z.int().positive(),
    incidentId: z.int().positive()
  })
])

export type OfferedAction = Readonly<z.infer<typeof offeredActionSchema>>
export type HostRequest = Readonly<z.infer<typeof hostRequestSchema>>
