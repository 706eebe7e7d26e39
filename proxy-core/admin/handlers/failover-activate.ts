/** An operator takes a pool to another level, and keeps it there. */
import { failoverChangeSchema } from '../../model/failover-report.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { activateQuery, activationOf } from './failover-query.ts'

export const failoverActivateRoute: AdminRoute = {
  path: '/api/v1/failover/activate',
  access: 'failover',
  methods: {
    POST: operation({
      id: 'activateFailover',
      summary: 'Take a pool to another level and keep it there',
      details:
        'It stays until it is deactivated, over reloads and restarts. A repeat changes nothing.',
      query: activateQuery,
      answers: {
        200: {
          meaning: '`changed` is false where it was so already.',
          schema: failoverChangeSchema
        }
      },
      errors: ['POOL_UNKNOWN', 'FAILOVER_NOT_CONFIGURED', 'NO_STANDBY'],
      handle: async ({ commands, keepOverlay }, query) => {
        const change = commands.activateFailover(query.pool, activationOf(query))
        await keepOverlay()
        return jsonAnswer(change)
      }
    })
  }
}
