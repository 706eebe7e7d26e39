/** HAProxy's statistics page as CSV, at the path that its scripts use and at a plain one. */
import type { AdminRoute } from '../admin-route.ts'
import { lenientOperation } from '../operation.ts'
import { statsCsv } from '../stats-csv.ts'

export const statsRoute: AdminRoute = statsAt('/stats', 'readStatistics')

export const statsCsvRoute: AdminRoute = statsAt('/stats;csv', 'readStatisticsAsHaproxy')

function statsAt(path: string, id: string): AdminRoute {
  return {
    path,
    access: 'token',
    methods: {
      GET: lenientOperation({
        id,
        summary: "HAProxy's statistics as CSV",
        answers: { 200: { meaning: 'One row per listener, backend and pool.' } },
        errors: [],
        handle: ({ view, clock }) => ({
          status: 200,
          contentType: 'text/plain; charset=utf-8',
          body: statsCsv(view, clock.wallNow())
        })
      })
    }
  }
}
