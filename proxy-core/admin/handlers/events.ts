/**
 * The engine's recent events: for a client that polls with the last number it saw, or that asks
 * for `text/event-stream` and is told of each as it happens.
 */
import { z } from 'zod'
import { engineEventSchema } from '../../model/engine-event-schema.ts'
import { SwitchyardError } from '../../model/error-catalogue.ts'
import { jsonAnswer, type AdminAnswer, type AdminRequest, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import type { DocumentOf } from '../pool-schema.ts'
import { wholeNumber } from '../query.ts'

export const EVENT_STREAM_TYPE = 'text/event-stream'

export const eventsSchema = z.strictObject({
  // Numbers begin anew with the process: a client compares this before it trusts them.
  engineStartedAtMs: z.number().describe('Numbers begin anew with the engine process.'),
  next: z.int().nonnegative().describe('Ask again with `since` = this.'),
  events: z.array(engineEventSchema).describe('Oldest first; the newest 1000 are kept.')
})

const querySchema = z.strictObject({
  since: wholeNumber.optional().describe('Only events with a greater number. Default 0.')
})

export const eventsRoute: AdminRoute = {
  path: '/api/v1/events',
  access: 'token',
  methods: {
    GET: operation({
      id: 'listEvents',
      summary: 'What happened lately',
      details:
        'With `Accept: text/event-stream` the answer is a stream of server-sent events that goes ' +
        'on until the client leaves: `id` is the number, `event` the kind, `data` the event as ' +
        'JSON. `Last-Event-ID` goes before `since`. Events that are no longer kept are announced ' +
        'by one `gap` with `from` and `to`.',
      query: querySchema,
      answers: {
        200: [
          { meaning: 'The events that are kept.', schema: eventsSchema },
          { meaning: 'The same and all that follow, as a stream.', contentType: EVENT_STREAM_TYPE }
        ]
      },
      errors: ['ADMIN_STREAMS_EXHAUSTED'],
      handle: (request, { since }) =>
        wantsStream(request.accept)
          ? { eventsSince: resumeFrom(request) ?? since ?? 0 }
          : eventsPage(request, since ?? 0)
    })
  }
}

function eventsPage({ view }: AdminRequest, since: number): AdminAnswer {
  const events = view.events(since)
  return jsonAnswer({
    engineStartedAtMs: view.startedAtMs,
    next: events.at(-1)?.seq ?? since,
    events
  } satisfies DocumentOf<typeof eventsSchema>)
}

/** Named, and not merely let pass by a wildcard: `curl` sends one. */
function wantsStream(accept: string): boolean {
  return accept
    .split(',')
    .map((range) => range.split(';'))
    .some(
      ([type, ...parameters]) =>
        type!.trim().toLowerCase() === EVENT_STREAM_TYPE &&
        !parameters.some((parameter) => /^\s*q\s*=\s*0(?:\.0*)?\s*$/i.test(parameter))
    )
}

/** null: the client begins. An empty field is what a client without an id sends. */
function resumeFrom({ lastEventId }: AdminRequest): number | null {
  if (lastEventId === null || lastEventId === '') return null
  const parsed = wholeNumber.safeParse(lastEventId)
  if (parsed.success) return parsed.data
  const message = `Last-Event-ID: ${parsed.error.issues[0]?.message ?? 'is not valid'}.`
  throw new SwitchyardError('ADMIN_REQUEST_INVALID', message)
}
