/** Prometheus scrapes this. */
import { EXPOSITION_CONTENT_TYPE } from '../../metrics/exposition.ts'
import { metricsPage } from '../../metrics/metrics-page.ts'
import type { AdminRoute } from '../admin-route.ts'

export const metricsRoute: AdminRoute = {
  path: '/metrics',
  access: 'metrics',
  methods: {
    GET: async ({ view, readProcess }) => ({
      status: 200,
      contentType: EXPOSITION_CONTENT_TYPE,
      body: metricsPage(view, await readProcess())
    })
  }
}
