/** Every pool with its backends, without the evidence of their probes. */
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { poolDocument } from '../pool-document.ts'

export const poolsRoute: AdminRoute = {
  path: '/api/v1/pools',
  access: 'token',
  methods: {
    GET: ({ view }) => jsonAnswer({ pools: view.pools.map((pool) => poolDocument(pool)) })
  }
}
