/** Requests that wait in the pools, and who waits where. */
import { z } from 'zod'
import { heldRequestSchema, holdStatusSchema } from '../../model/hold-report.ts'
import type { PoolView } from '../../engine/engine-view.ts'
import { SwitchyardError } from '../../model/error-catalogue.ts'
import { storeStatusSchema } from '../../model/stored-entry.ts'
import { storeStatusOf } from '../stored-document.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'

/** Of each pool, the next ones to go. */
const MAX_SHOWN = 100

export const heldPoolSchema = z.strictObject({
  ...holdStatusSchema.shape,
  requests: z
    .array(heldRequestSchema)
    .describe(`The first ${MAX_SHOWN} of those who wait, the next ones to go first.`)
})

export const bufferSchema = z.strictObject({
  pools: z.array(heldPoolSchema).describe('Pools whose requests may wait.'),
  store: storeStatusSchema.nullable().describe('Of requests on disk; null: no route stores any.')
})

export const bufferRoute: AdminRoute = {
  path: '/api/v1/buffer',
  access: 'token',
  methods: {
    GET: operation({
      id: 'readBuffer',
      summary: 'Requests that wait for a backend, with their clients or on disk',
      query: z.strictObject({
        pool: z.string().optional().describe('Name of the pool. Default: every pool.')
      }),
      answers: { 200: { meaning: 'Who waits, and for how long.', schema: bufferSchema } },
      errors: ['POOL_UNKNOWN'],
      handle: ({ view }, { pool }) => {
        const pools = view.pools.filter(({ name }) => pool === undefined || name === pool)
        if (pool !== undefined && pools.length === 0) {
          throw new SwitchyardError('POOL_UNKNOWN', `There is no pool ${pool}.`, { pool })
        }
        const store = view.buffer === null ? null : storeStatusOf(view.buffer)
        return jsonAnswer({ pools: pools.flatMap(heldPool), store })
      }
    })
  }
}

function heldPool(pool: PoolView): readonly z.output<typeof heldPoolSchema>[] {
  const status = pool.holdStatus()
  if (status === null) return []
  return [{ ...status, requests: [...pool.heldRequests(MAX_SHOWN)] }]
}
