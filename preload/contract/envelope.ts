/**
 * The frames of the contract, one discriminated union per direction. Two verbs only: `call`
 * and `sub`. The receiving side checks every frame against these schemas, then the arguments
 * against the method's own.
 *
 * The order of a life: the page says `hello` with the hash of the contract that it was built
 * with, the host answers `hello` with its own and its abilities; then calls and subscriptions
 * in any order. Ids are the page's, used once in the life of a channel.
 */
import { z } from 'zod'
import { helloSchema } from './hello.ts'

const id = z.int().positive()
const name = z.string().max(64)

/** Names one operation of the user for good: a repeat after a lost answer does nothing twice. */
export const operationIdSchema = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/)

export const fromPageSchema = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('hello'), contract: z.string().max(64) }),
  z.strictObject({
    t: z.literal('call'),
    id,
    /** Name of the method. */
    m: name,
    /** Its arguments. */
    a: z.unknown(),
    /** Required for methods that change something. */
    op: operationIdSchema.optional()
  }),
  /** The caller no longer wants the answer; what can be stopped is stopped. */
  z.strictObject({ t: z.literal('cancel'), id }),
  z.strictObject({ t: z.literal('sub'), id, topic: name, a: z.unknown() }),
  /** Every `ev` is acknowledged; the host sends the next one of the same id only then. */
  z.strictObject({ t: z.literal('ack'), id, seq: z.int().positive() }),
  z.strictObject({ t: z.literal('unsub'), id })
])

/** An error as it travels: the catalogue's code, the sentence, and what to do. */
export const contractErrorSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown())
})

export const fromHostSchema = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('hello'), hello: helloSchema }),
  z.strictObject({ t: z.literal('ok'), id, r: z.unknown() }),
  /** The end of a call, or of a subscription that cannot go on. */
  z.strictObject({ t: z.literal('err'), id, e: contractErrorSchema }),
  z.strictObject({ t: z.literal('ev'), id, seq: z.int().positive(), p: z.unknown() }),
  /**
   * In the place of an `ev` that is longer than a frame may be: its payload as JSON text, piece by
   * piece and in order. It is acknowledged when it is whole.
   */
  z.strictObject({
    t: z.literal('part'),
    id,
    seq: z.int().positive(),
    text: z.string(),
    isLast: z.boolean()
  })
])

export type FromPage = Readonly<z.infer<typeof fromPageSchema>>
export type FromHost = Readonly<z.infer<typeof fromHostSchema>>
export type ContractError = Readonly<z.infer<typeof contractErrorSchema>>
