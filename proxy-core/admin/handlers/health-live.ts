/** Whether the process answers at all: a restart is the cure when it does not. */
import { wordAnswer, type AdminRoute } from '../admin-route.ts'

export const liveRoute: AdminRoute = {
  path: '/health/live',
  access: 'public',
  methods: { GET: () => wordAnswer('live', 200) }
}
