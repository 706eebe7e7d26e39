/** Prometheus scrapes this. */
import { EXPOSITION_CONTENT_TYPE } from '../../metrics/exposition.ts'
import { metricsPage } from '../../metrics/metrics-page.ts'
import type { AdminRoute } from '../admin-route.ts'
import { lenientOperation } from '../operation.ts'

export const metricsRoute: AdminRoute = {
  path: '/metrics',
  access: 'metrics',
  methods: {
    GET: lenientOperation({
      id: 'readMetrics',
      summary: 'Metrics for Prometheus',
      answers: { 200: { meaning: 'The metrics.', contentType: EXPOSITION_CONTENT_TYPE } },
      errors: [],
      handle: async ({ view, readProcess }) => ({
        status: 200,
        contentType: EXPOSITION_CONTENT_TYPE,
        body: metricsPage(view, await readProcess())
      })
    })
  }
}
