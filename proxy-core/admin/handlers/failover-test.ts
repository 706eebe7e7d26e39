/** A dry run of an activation: what would happen, and what speaks against it. */
import { failoverPreviewSchema } from '../../model/failover-report.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { activationOf, testQuery } from './failover-query.ts'

export const failoverTestRoute: AdminRoute = {
  path: '/api/v1/failover/test',
  access: 'failover',
  methods: {
    POST: operation({
      id: 'testFailover',
      summary: 'What an activation would do now',
      details: 'Nothing is changed. `toLevel` is null where no level could take over.',
      query: testQuery,
      answers: { 200: { meaning: 'What would happen.', schema: failoverPreviewSchema } },
      errors: ['POOL_UNKNOWN', 'FAILOVER_NOT_CONFIGURED', 'NO_STANDBY'],
      handle: ({ view }, query) => jsonAnswer(view.failoverPreview(query.pool, activationOf(query)))
    })
  }
}
