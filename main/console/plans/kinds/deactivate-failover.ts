/** Releases a pool that an operator holds on a level: it returns by its own rules. */
import { untilShown } from '../backend-in-fleet.ts'
import { dangerOf } from '../danger.ts'
import {
  failoverFacts,
  failoverInFleet,
  heldAgain,
  levelName,
  type FailoverInFleet
} from '../failover-in-fleet.ts'
import { spokenReason, type PlanDraft, type PlanKind, type RequestOf } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { workspaceFacts } from '../workspace-facts.ts'

type Request = RequestOf<'deactivate_failover'>

export function deactivateFailover(services: PlanServices): PlanKind<'deactivate_failover'> {
  const { live, engine, clock } = services
  return {
    draft: (request) => draftOf(request, services),
    async apply({ pool }, draft, author) {
      await engine.deactivateFailover(pool, spokenReason(author))
      await untilShown(live, clock, ({ pools }) =>
        pools.some(({ name, failover }) => name === pool && failover?.latchedLevel === null)
      )
      return { sentence: `Released the failover of ${pool}.`, undo: draft.undo }
    }
  }
}

function draftOf({ pool: name }: Request, { live, workspace }: PlanServices): PlanDraft {
  const found = failoverInFleet(live, name)
  const { failover } = found
  const verb = `Deactivate failover for ${name}`
  return {
    level: dangerOf({ workspace: workspace.state }),
    title: verb,
    verb,
    steps: [
      ...stepsOf(found),
      `The same call: POST /api/v1/failover/deactivate?pool=${encodeURIComponent(name)}`
    ],
    warnings: warningsOf(found),
    name,
    undo: heldAgain(name, failover),
    facts: { ...failoverFacts(found), ...workspaceFacts(workspace.state) }
  }
}

function stepsOf({ pool, failover }: FailoverInFleet): string[] {
  const home = failover.levels[0]!
  const held = failover.latchedLevel
  const released =
    held === null
      ? `Traffic may leave ${levelName(pool.activeLevel)}.`
      : `${pool.name} is no longer held on ${levelName(held)}.`
  if (home.level === pool.activeLevel)
    return [released, `Traffic stays on ${levelName(home.level)}.`]
  const back = `Traffic returns to ${levelName(home.level)} once it has been healthy for the recovery interval; at once if it has been.`
  return [released, back]
}

function warningsOf({ pool, failover }: FailoverInFleet): string[] {
  const home = failover.levels[0]!
  if (!home.isLost) return []
  return [
    `Only ${home.eligible} of ${home.backends} backends of ${levelName(home.level)} can serve: traffic stays on ${levelName(pool.activeLevel)} until they recover.`
  ]
}
