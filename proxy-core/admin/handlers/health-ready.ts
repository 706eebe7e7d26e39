/** Whether traffic may be sent here: false before the listeners are open and while stopping. */
import { wordAnswer, type AdminRoute } from '../admin-route.ts'

export const readyRoute: AdminRoute = {
  path: '/health/ready',
  access: 'public',
  methods: {
    GET: ({ view }) => {
      if (view.isStopping) return wordAnswer('stopping', 503)
      return view.isReady ? wordAnswer('ready', 200) : wordAnswer('starting', 503)
    }
  }
}
