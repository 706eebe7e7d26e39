/** Secrets that the console keeps for configurations: `{ secret: name }`. Values only come in. */
import { z } from 'zod'
import { mutation, query } from '../definition.ts'

const nameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
const namesSchema = z.strictObject({ names: z.array(z.string()) })

export const SECRET_METHODS = {
  /** The names of what can be forgotten, also of what is locked, in alphabetical order. */
  'secrets.list': query(z.strictObject({}), namesSchema),
  /**
   * Keeps a secret, also in place of one. An engine that runs has the old value until it is given
   * its configuration again. Errors: SECRET_STORE_LOCKED, STATE_UNUSABLE.
   */
  'secrets.save': mutation(
    z.strictObject({ name: nameSchema, value: z.string().min(1).max(16_384) }),
    namesSchema
  ),
  /** Nothing happens where there is none. Errors: STATE_UNUSABLE. */
  'secrets.forget': mutation(z.strictObject({ name: z.string().max(200) }), namesSchema)
}
