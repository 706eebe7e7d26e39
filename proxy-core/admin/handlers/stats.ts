/** HAProxy's statistics page as CSV, at the path that its scripts use and at a plain one. */
import type { AdminRoute } from '../admin-route.ts'
import { statsCsv } from '../stats-csv.ts'

export const statsRoute: AdminRoute = {
  path: '/stats',
  access: 'token',
  methods: {
    GET: ({ view, clock }) => ({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: statsCsv(view, clock.wallNow())
    })
  }
}

export const statsCsvRoute: AdminRoute = { ...statsRoute, path: '/stats;csv' }
