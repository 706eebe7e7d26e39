/** The engine's recent events, for a client that polls with the last number it saw. */
import { SwitchyardError } from '../../model/error-catalogue.ts'
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'

export const eventsRoute: AdminRoute = {
  path: '/api/v1/events',
  access: 'token',
  methods: {
    GET: ({ view, query }) => {
      const since = readSince(query.get('since'))
      const events = view.events(since)
      return jsonAnswer({
        // Numbers begin anew with the process: a client compares this before it trusts them.
        engineStartedAtMs: view.startedAtMs,
        next: events.at(-1)?.seq ?? since,
        events
      })
    }
  }
}

function readSince(text: string | null): number {
  if (text === null) return 0
  const since = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(since)) return since
  throw new SwitchyardError('ADMIN_REQUEST_INVALID', 'since: must be the number of an event.')
}
