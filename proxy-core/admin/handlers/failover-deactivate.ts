/** An operator gives a pool back to its own judgement. */
import { failoverChangeSchema } from '../../model/failover-report.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { deactivateQuery, reasonOf } from './failover-query.ts'

export const failoverDeactivateRoute: AdminRoute = {
  path: '/api/v1/failover/deactivate',
  access: 'failover',
  methods: {
    POST: operation({
      id: 'deactivateFailover',
      summary: 'End an activation',
      details:
        'The primary returns once it has been healthy for `recovery_interval`, at once if it has.',
      query: deactivateQuery,
      answers: {
        200: {
          meaning: '`changed` is false where nothing was activated.',
          schema: failoverChangeSchema
        }
      },
      errors: ['POOL_UNKNOWN', 'FAILOVER_NOT_CONFIGURED'],
      handle: async ({ commands, keepOverlay }, query) => {
        const change = commands.deactivateFailover(query.pool, reasonOf(query))
        await keepOverlay()
        return jsonAnswer(change)
      }
    })
  }
}
