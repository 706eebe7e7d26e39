/** Whether traffic may be sent here: false before the listeners are open and while stopping. */
import { wordAnswer, type AdminRoute } from '../admin-route.ts'
import { lenientOperation } from '../operation.ts'

export const readyRoute: AdminRoute = {
  path: '/health/ready',
  access: 'public',
  methods: {
    GET: lenientOperation({
      id: 'isReady',
      summary: 'Whether traffic may be sent here',
      answers: {
        200: { meaning: '`ready`.' },
        503: { meaning: '`starting` or `stopping`.' }
      },
      errors: [],
      handle: ({ view }) => {
        if (view.isStopping) return wordAnswer('stopping', 503)
        return view.isReady ? wordAnswer('ready', 200) : wordAnswer('starting', 503)
      }
    })
  }
}
