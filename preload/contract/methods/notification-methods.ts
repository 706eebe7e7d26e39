/** Trying out who is told of failovers. */
import { z } from 'zod'
import { mutation } from '../definition.ts'
import { testOutcomeSchema } from '../notifications.ts'

export const NOTIFICATION_METHODS = {
  /**
   * Sends a message that says it is a test through one channel of the running configuration, or
   * through all; answered when every one has delivered or failed. Danger level 1, without an undo:
   * nobody can take a message back. Errors: CHANNEL_UNKNOWN, also where there is none.
   */
  'notifications.test': mutation(
    z.strictObject({ channel: z.string().max(100).nullable() }),
    z.strictObject({ outcomes: z.array(testOutcomeSchema) })
  )
}
