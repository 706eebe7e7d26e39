/** Where the failover of a pool stands, or of all. */
import { z } from 'zod'
import { failoverStatusSchema } from '../../model/failover-report.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { statusQuery } from './failover-query.ts'

export const failoverStatusesSchema = z.strictObject({ pools: z.array(failoverStatusSchema) })

export const failoverStatusRoute: AdminRoute = {
  path: '/api/v1/failover/status',
  access: 'failover',
  methods: {
    GET: operation({
      id: 'readFailover',
      summary: 'Where the failover of a pool stands, or of every pool',
      query: statusQuery,
      answers: {
        200: [
          { meaning: 'With `pool`: that one.', schema: failoverStatusSchema },
          { meaning: 'Without: all of them.', schema: failoverStatusesSchema }
        ]
      },
      errors: ['POOL_UNKNOWN'],
      handle: ({ view }, { pool }) =>
        jsonAnswer(
          pool === undefined
            ? { pools: view.pools.map(({ name }) => view.failoverStatus(name)) }
            : view.failoverStatus(pool)
        )
    })
  }
}
