/** What `bench` and the processes that it starts beside the engine say to each other. */
import { z } from 'zod'

const count = z.int().nonnegative()

export const toWorkerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serve'), bodyBytes: count }),
  z.strictObject({
    kind: z.literal('load'),
    port: z.int().positive(),
    connections: z.int().positive(),
    /** Requests of this time are made and not counted. */
    warmUpMs: count,
    measureMs: z.int().positive()
  })
])

const loadResultSchema = z.strictObject({
  requests: count,
  /** Wrong statuses, broken connections, answers that are no HTTP. */
  errors: count,
  /** Of the measured time, as it really was. */
  elapsedMs: z.number().positive(),
  p50Ms: z.number().nonnegative(),
  p99Ms: z.number().nonnegative()
})

export const fromWorkerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serving'), port: z.int().positive() }),
  /** The measured time begins now. */
  z.strictObject({ kind: z.literal('warm') }),
  z.strictObject({ kind: z.literal('loaded'), result: loadResultSchema })
])

export type ToWorker = Readonly<z.infer<typeof toWorkerSchema>>
export type FromWorker = Readonly<z.infer<typeof fromWorkerSchema>>
export type LoadResult = Readonly<z.infer<typeof loadResultSchema>>
export type LoadOrder = Readonly<Extract<ToWorker, { kind: 'load' }>>
