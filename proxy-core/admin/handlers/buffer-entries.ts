/** Stored requests: which there are, one of them with its body, and the operator's word on them. */
import { z } from 'zod'
import { SwitchyardError } from '../../model/error-catalogue.ts'
import { ENTRY_STATES, storedEntrySchema, storedHeadSchema } from '../../model/stored-entry.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { sizeText, wholeNumber } from '../query.ts'
import { findEntry, storedEntry, storedHead, storeOf } from '../stored-document.ts'

const MAX_PAGE = 500
const DEFAULT_PAGE = 50
const DEFAULT_BODY_BYTES = 16 * 1024

/** `state=pending,dead`. */
export const statesText = z.codec(
  z.string().refine(areStates, { error: `must be one or more of ${ENTRY_STATES.join(', ')}` }),
  z.array(z.enum(ENTRY_STATES)),
  { decode: (text) => text.split(',') as EntryStates, encode: (states) => states.join(',') }
)

type EntryStates = (typeof ENTRY_STATES)[number][]

export const entryFilter = {
  route: z.string().optional().describe('Only of this route, by its name.'),
  key: z.string().optional().describe('Only of this key.')
}

export const storedPageSchema = z.strictObject({
  entries: z.array(storedHeadSchema),
  next: z.int().nullable().describe('Give it as `after` for the next page; null: this is the last.')
})

export const bufferEntriesRoute: AdminRoute = {
  path: '/api/v1/buffer/entries',
  access: 'token',
  methods: {
    GET: operation({
      id: 'listStored',
      summary: 'Stored requests, in the order of their acceptance',
      query: z.strictObject({
        state: statesText
          .optional()
          .describe('States, with commas between them. Default: pending and dead.'),
        ...entryFilter,
        after: wholeNumber.optional().describe('Only later ones than that `seq`.'),
        limit: wholeNumber
          .optional()
          .describe(`At most so many, up to ${MAX_PAGE}. Default: ${DEFAULT_PAGE}.`)
      }),
      answers: { 200: { meaning: 'One page of them.', schema: storedPageSchema } },
      errors: ['BUFFER_NONE'],
      handle: async ({ view }, { state, route, key, after, limit }) => {
        const count = Math.min(Math.max(1, limit ?? DEFAULT_PAGE), MAX_PAGE)
        const heads = await storeOf(view).list({
          ...{ states: state ?? ['pending', 'dead'], afterSeq: after ?? 0, limit: count },
          ...(route !== undefined && { route }),
          ...(key !== undefined && { key })
        })
        const next = heads.length < count ? null : heads.at(-1)!.seq
        return jsonAnswer({ entries: heads.map(storedHead), next })
      }
    })
  }
}

const ID = { id: 'Id of the request, as in the `Location` that its client got.' }

export const bufferEntryRoute: AdminRoute = {
  path: '/api/v1/buffer/entries/{id}',
  access: 'token',
  methods: {
    GET: operation({
      id: 'readStored',
      summary: 'One stored request with its fields and body',
      details: 'Only while it is pending or dead: of others nothing but the list is left.',
      params: ID,
      query: z.strictObject({
        body: sizeText.optional().describe('Octets of the body that are shown. Default: 16 KiB.')
      }),
      answers: { 200: { meaning: 'The request.', schema: storedEntrySchema } },
      errors: ['BUFFER_NONE', 'ENTRY_UNKNOWN', 'ENTRY_SETTLED'],
      handle: async ({ view, params }, { body }) => {
        const store = storeOf(view)
        const head = await findEntry(store, params['id']!)
        const entry = await store.read(head.seq)
        if (entry === null) throw settled(head.id, 'is not kept any more')
        return jsonAnswer(storedEntry(entry, body ?? DEFAULT_BODY_BYTES))
      }
    }),
    DELETE: operation({
      id: 'deleteStored',
      summary: 'Take a stored request out of the buffer for good',
      details: 'A delivery that runs goes on; it is not repeated.',
      params: ID,
      answers: { 200: { meaning: 'The request after it.', schema: storedHeadSchema } },
      errors: ['BUFFER_NONE', 'ENTRY_UNKNOWN', 'ENTRY_SETTLED'],
      handle: async ({ view, params }) => {
        const store = storeOf(view)
        const { id, seq, state } = await findEntry(store, params['id']!)
        if (state !== 'pending' && state !== 'dead') throw settled(id, `is ${state} already`)
        store.settle(seq, { kind: 'deleted' })
        await store.settled()
        return jsonAnswer(storedHead(await findEntry(store, id)))
      }
    })
  }
}

export const bufferEntryReplayRoute: AdminRoute = {
  path: '/api/v1/buffer/entries/{id}/replay',
  access: 'token',
  methods: {
    POST: operation({
      id: 'replayStored',
      summary: 'Deliver a dead request once more',
      details:
        'It is put at the end of its key, as a new request with an id of its own, and its time to live begins again.',
      params: ID,
      answers: { 200: { meaning: 'The new request.', schema: storedHeadSchema } },
      errors: ['BUFFER_NONE', 'ENTRY_UNKNOWN', 'ENTRY_SETTLED'],
      handle: async ({ view, params }) => {
        const store = storeOf(view)
        const { id, seq, state } = await findEntry(store, params['id']!)
        const receipt = await store.replay(seq)
        if (receipt === null) throw settled(id, `is ${state} and not dead`)
        return jsonAnswer(storedHead(await findEntry(store, receipt.id)))
      }
    })
  }
}

function settled(id: string, what: string): SwitchyardError {
  return new SwitchyardError('ENTRY_SETTLED', `The request ${id} ${what}.`, { id })
}

function areStates(text: string): boolean {
  return text.split(',').every((word) => ENTRY_STATES.some((state) => state === word))
}
