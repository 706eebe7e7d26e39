/** Lets the requests of a pool wait for a time, as for the restart of what serves them. */
import { holdWarnings } from '../../../../proxy-core/model/hold-warnings.ts'
import { formatDuration } from '../../../../proxy-core/model/units.ts'
import { isStoodIn } from '../../live/hold-words.ts'
import { counted } from '../../live/wording.ts'
import { untilShown } from '../backend-in-fleet.ts'
import { dangerOf } from '../danger.ts'
import { heldAgain, holdFacts, holdInFleet, type HoldInFleet } from '../hold-in-fleet.ts'
import { spokenReason, type PlanDraft, type PlanKind, type RequestOf } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { workspaceFacts } from '../workspace-facts.ts'

type Request = RequestOf<'hold_pool'>

export function holdPool(services: PlanServices): PlanKind<'hold_pool'> {
  const { live, engine, clock } = services
  return {
    draft: (request) => draftOf(request, services),
    async apply({ pool, forMs }, draft, author) {
      const before = holdInFleet(live, pool).hold.operator?.untilMs
      const reason = spokenReason(author)
      await engine.command({ name: 'hold_pool', pool, durationMs: forMs, reason })
      await untilShown(live, clock, ({ pools }) =>
        pools.some(({ name, hold }) => {
          const until = hold?.operator?.untilMs
          return name === pool && until !== undefined && until !== before
        })
      )
      return {
        sentence: `Requests to ${pool} wait for ${formatDuration(forMs)}.`,
        undo: draft.undo
      }
    }
  }
}

function draftOf(request: Request, { live, workspace, clock }: PlanServices): PlanDraft {
  const { pool: name, forMs } = request
  const found = holdInFleet(live, name)
  const { routes } = found.hold
  const verb = `Hold requests to ${name}`
  // They would get 503 before it is over.
  const isTooLong = routes.some(({ timeoutMs }) => timeoutMs !== null && timeoutMs < forMs)
  return {
    level: dangerOf({ workspace: workspace.state, isPassing: !isTooLong }),
    title: `${verb} for ${formatDuration(forMs)}`,
    verb,
    steps: stepsOf(request, found),
    warnings: [...holdWarnings(routes, forMs), ...roomWarnings(found, forMs)],
    name,
    undo: heldAgain(found, clock.wallNow()) ?? { kind: 'release_pool', pool: name },
    facts: { ...holdFacts(found), ...workspaceFacts(workspace.state) }
  }
}

function stepsOf({ pool, forMs }: Request, { hold, rates }: HoldInFleet): string[] {
  const span = formatDuration(forMs)
  const running = counted(rates?.inFlight ?? 0, 'running request')
  const room = counted(hold.maxRequests, 'request')
  return [
    `New requests to ${pool} wait, at most ${room} at one time; ${running} may finish.`,
    `It ends by itself in ${span}, or with a release; then they go on in their order.`,
    `The same call: POST /api/v1/buffer/hold?pool=${encodeURIComponent(pool)}&for=${span}`
  ]
}

/** Whether there is a place for everybody who comes meanwhile. */
function roomWarnings({ hold, rates, waiting }: HoldInFleet, forMs: number): string[] {
  const rps = rates?.rps ?? 0
  const places = Math.max(0, hold.maxRequests - (waiting?.held ?? 0))
  if ((rps * forMs) / 1000 <= places) return []
  const then = isStoodIn(hold) ? 'goes to the fallback' : 'gets 503'
  const fullIn = formatDuration(Math.round(places / rps) * 1000)
  return [
    `At ${Math.round(rps)} req/s the ${counted(places, 'free place')} will be taken in ${fullIn}; whoever comes later ${then}.`
  ]
}
