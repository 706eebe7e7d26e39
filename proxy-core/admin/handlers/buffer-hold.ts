/** An operator lets the requests of a pool wait, as for the restart of its backends. */
import { z } from 'zod'
import { holdChangeSchema } from '../../model/hold-report.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { durationText, reasonText } from '../query.ts'
import { DEFAULT_REASON } from './failover-query.ts'

const pool = z
  .string({ error: 'must be given, as in ?pool=NAME' })
  .min(1, { error: 'must be the name of a pool' })
  .describe('Name of the pool.')
const reason = reasonText.optional().describe('Kept in the events and the log.')

const DEFAULT_HOLD_MS = 30_000

export const bufferHoldRoute: AdminRoute = {
  path: '/api/v1/buffer/hold',
  access: 'token',
  methods: {
    POST: operation({
      id: 'holdPool',
      summary: 'Let the requests of a pool wait',
      details:
        'New requests wait, in their order; those that run go on. It ends by itself, with a release, and with the engine. A repeat sets the time anew.',
      query: z.strictObject({
        pool,
        for: durationText.optional().describe('At most 1 h. Default: 30 s.'),
        reason
      }),
      answers: { 200: { meaning: 'They wait.', schema: holdChangeSchema } },
      errors: ['POOL_UNKNOWN', 'HOLD_NOT_CONFIGURED'],
      handle: ({ commands }, query) => {
        const durationMs = query.for ?? DEFAULT_HOLD_MS
        return jsonAnswer(commands.holdPool(query.pool, durationMs, query.reason ?? DEFAULT_REASON))
      }
    })
  }
}

export const bufferReleaseRoute: AdminRoute = {
  path: '/api/v1/buffer/release',
  access: 'token',
  methods: {
    POST: operation({
      id: 'releasePool',
      summary: 'Let the requests of a pool go',
      query: z.strictObject({ pool, reason }),
      answers: {
        200: { meaning: '`changed` is false where nobody held them.', schema: holdChangeSchema }
      },
      errors: ['POOL_UNKNOWN', 'HOLD_NOT_CONFIGURED'],
      handle: ({ commands }, query) =>
        jsonAnswer(commands.releasePool(query.pool, query.reason ?? DEFAULT_REASON))
    })
  }
}
