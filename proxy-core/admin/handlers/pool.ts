/** One pool with its backends and their last probes. */
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { findPool, poolDocument } from '../pool-document.ts'
import { poolSchema } from '../pool-schema.ts'

export const poolRoute: AdminRoute = {
  path: '/api/v1/pools/{pool}',
  access: 'token',
  methods: {
    GET: operation({
      id: 'readPool',
      summary: 'One pool with its backends and their last probes',
      params: { pool: 'Name of the pool.' },
      answers: { 200: { meaning: 'The pool.', schema: poolSchema } },
      errors: ['POOL_UNKNOWN'],
      handle: ({ view, params }) =>
        jsonAnswer(poolDocument(findPool(view, params['pool']!), { withProbes: true }))
    })
  }
}
