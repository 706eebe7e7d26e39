/** Every pool with its backends, without the evidence of their probes. */
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { poolDocument } from '../pool-document.ts'
import { poolsSchema } from '../pool-schema.ts'

export const poolsRoute: AdminRoute = {
  path: '/api/v1/pools',
  access: 'token',
  methods: {
    GET: operation({
      id: 'listPools',
      summary: 'Every pool with its backends',
      answers: { 200: { meaning: 'The pools.', schema: poolsSchema } },
      errors: [],
      handle: ({ view }) => jsonAnswer({ pools: view.pools.map((pool) => poolDocument(pool)) })
    })
  }
}
