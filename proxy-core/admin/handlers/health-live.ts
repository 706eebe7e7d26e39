/** Whether the process answers at all: a restart is the cure when it does not. */
import { wordAnswer, type AdminRoute } from '../admin-route.ts'
import { lenientOperation } from '../operation.ts'

export const liveRoute: AdminRoute = {
  path: '/health/live',
  access: 'public',
  methods: {
    GET: lenientOperation({
      id: 'isLive',
      summary: 'Whether the process answers at all',
      answers: { 200: { meaning: '`live`.' } },
      errors: [],
      handle: () => wordAnswer('live', 200)
    })
  }
}
