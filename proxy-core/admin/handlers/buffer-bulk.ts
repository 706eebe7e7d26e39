/** The operator's word on many stored requests at once. */
import { z } from 'zod'
import type { EntryState, RequestStore } from '../../store/request-store.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { storeOf } from '../stored-document.ts'
import { entryFilter } from './buffer-entries.ts'

/** Of one call, so that it ends within seconds and can be followed. */
const MAX_TOUCHED = 10_000
const PAGE = 500

export const bulkSchema = z.strictObject({
  /** Requests that it was done to. */
  count: z.int().nonnegative(),
  /** There are more: repeat it. */
  hasMore: z.boolean()
})

type Bulk = z.output<typeof bulkSchema>

interface Filter {
  readonly route?: string | undefined
  readonly key?: string | undefined
}

export const bufferPurgeRoute: AdminRoute = {
  path: '/api/v1/buffer/purge',
  access: 'token',
  methods: {
    POST: operation({
      id: 'purgeStored',
      summary: 'Delete stored requests for good',
      details: `Up to ${MAX_TOUCHED} of them in one call.`,
      query: z.strictObject({
        state: z
          .enum(['dead', 'pending'], { error: 'must be dead or pending' })
          .describe('Which ones: `dead`, or `pending`, which nobody will ever get.'),
        ...entryFilter
      }),
      answers: { 200: { meaning: 'How many.', schema: bulkSchema } },
      errors: ['BUFFER_NONE'],
      handle: async ({ view }, { state, ...filter }) => {
        const store = storeOf(view)
        const bulk = await overAll(store, state, filter, (seq) => {
          store.settle(seq, { kind: 'deleted' })
          return Promise.resolve(true)
        })
        await store.settled()
        return jsonAnswer(bulk)
      }
    })
  }
}

export const bufferReplayRoute: AdminRoute = {
  path: '/api/v1/buffer/replay',
  access: 'token',
  methods: {
    POST: operation({
      id: 'replayAllStored',
      summary: 'Deliver dead requests once more',
      details: `In the order in which they came, up to ${MAX_TOUCHED} of them in one call.`,
      query: z.strictObject(entryFilter),
      answers: { 200: { meaning: 'How many.', schema: bulkSchema } },
      errors: ['BUFFER_NONE'],
      handle: async ({ view }, filter) => {
        const store = storeOf(view)
        const replay = async (seq: number): Promise<boolean> => (await store.replay(seq)) !== null
        return jsonAnswer(await overAll(store, 'dead', filter, replay))
      }
    })
  }
}

/** One after the other, so that those of one key keep their order. */
async function overAll(
  store: RequestStore,
  state: EntryState,
  { route, key }: Filter,
  act: (seq: number) => Promise<boolean>
): Promise<Bulk> {
  let count = 0
  // What is replayed comes back behind this and must not be met again.
  for (let afterSeq = 0; ;) {
    const heads = await store.list({
      ...{ states: [state], afterSeq, limit: PAGE },
      ...(route !== undefined && { route }),
      ...(key !== undefined && { key })
    })
    for (const { seq } of heads) {
      if (count >= MAX_TOUCHED) return { count, hasMore: true }
      if (await act(seq)) count++
      afterSeq = seq
    }
    if (heads.length < PAGE) return { count, hasMore: false }
  }
}
