/** One pool with its backends and their last probes. */
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { findPool, poolDocument } from '../pool-document.ts'

export const poolRoute: AdminRoute = {
  path: '/api/v1/pools/{pool}',
  access: 'token',
  methods: {
    GET: ({ view, params }) =>
      jsonAnswer(poolDocument(findPool(view, params['pool']!), { withProbes: true }))
  }
}
