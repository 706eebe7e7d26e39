/** Ends the hold of an operator before its time. */
import { canServe } from '../../live/backend-status.ts'
import { counted } from '../../live/wording.ts'
import { untilShown } from '../backend-in-fleet.ts'
import { dangerOf } from '../danger.ts'
import { heldAgain, holdFacts, holdInFleet, type HoldInFleet } from '../hold-in-fleet.ts'
import { spokenReason, type PlanDraft, type PlanKind, type RequestOf } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { workspaceFacts } from '../workspace-facts.ts'

type Request = RequestOf<'release_pool'>

export function releasePool(services: PlanServices): PlanKind<'release_pool'> {
  const { live, engine, clock } = services
  return {
    draft: (request) => draftOf(request, services),
    async apply({ pool }, draft, author) {
      await engine.command({ name: 'release_pool', pool, reason: spokenReason(author) })
      await untilShown(live, clock, ({ pools }) =>
        pools.some(({ name, hold }) => name === pool && hold?.operator === null)
      )
      return { sentence: `Released the requests to ${pool}.`, undo: draft.undo }
    }
  }
}

function draftOf({ pool: name }: Request, { live, workspace, clock }: PlanServices): PlanDraft {
  const found = holdInFleet(live, name)
  const verb = `Release requests to ${name}`
  return {
    level: dangerOf({ workspace: workspace.state, isHarmless: true, isPassing: true }),
    title: verb,
    verb,
    steps: [
      stepOf(found),
      `The same call: POST /api/v1/buffer/release?pool=${encodeURIComponent(name)}`
    ],
    warnings: warningsOf(found),
    name,
    undo: heldAgain(found, clock.wallNow()),
    facts: { ...holdFacts(found), ...workspaceFacts(workspace.state) }
  }
}

function stepOf({ waiting, hold }: HoldInFleet): string {
  if (hold.operator === null) return 'No operator holds them: nothing changes.'
  const who = counted(waiting?.held ?? 0, 'request')
  return `${who} that wait now go on in their order, at a pace that the backends set.`
}

function warningsOf({ pool }: HoldInFleet): string[] {
  if (pool.backends.some(canServe)) return []
  return [`Nobody can serve ${pool.name} now: its requests go on waiting for a backend.`]
}
