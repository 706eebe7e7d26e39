/** Moves a pool to another level and holds it there until an operator releases it. */
import { SwitchyardError } from '../../../../proxy-core/model/error-catalogue.ts'
import type {
  FailoverActivation,
  FailoverPreview
} from '../../../../proxy-core/model/failover-report.ts'
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

type Request = RequestOf<'activate_failover'>

export function activateFailover(services: PlanServices): PlanKind<'activate_failover'> {
  const { live, engine, clock } = services
  return {
    draft: (request) => draftOf(request, services),
    async apply(request, draft, author) {
      const { pool } = request
      const activation = activationOf(request, spokenReason(author))
      // Another level may be held already: only this one tells that the engine has obeyed.
      const { toLevel } = await engine.failoverPreview(pool, activation)
      await engine.activateFailover(pool, activation)
      await untilShown(live, clock, ({ pools }) =>
        pools.some(({ name, failover }) => name === pool && failover?.latchedLevel === toLevel)
      )
      const level = levelName(toLevel ?? -1)
      return {
        sentence: `Activated the failover of ${pool}: it is held on ${level}.`,
        undo: draft.undo
      }
    }
  }
}

function activationOf({ level, isForced }: Request, reason: string): FailoverActivation {
  return { level, isForced, reason }
}

async function draftOf(request: Request, services: PlanServices): Promise<PlanDraft> {
  const { live, engine, workspace } = services
  const found = failoverInFleet(live, request.pool)
  const { pool, failover } = found
  const preview = await engine.failoverPreview(pool.name, activationOf(request, 'plan'))
  if (preview.toLevel === null) {
    throw new SwitchyardError('NO_STANDBY', `No other level of pool ${pool.name} can take over.`)
  }
  return {
    level: dangerOf({ workspace: workspace.state }),
    title: `Activate failover for ${pool.name}: ${levelName(pool.activeLevel)} to ${levelName(preview.toLevel)}`,
    verb: `Activate failover for ${pool.name}`,
    steps: [...preview.steps, call(request)],
    warnings: [...preview.warnings, ...capacityWarnings(found, preview)],
    name: pool.name,
    undo: heldAgain(pool.name, failover) ?? { kind: 'deactivate_failover', pool: pool.name },
    facts: { ...failoverFacts(found), ...workspaceFacts(workspace.state) }
  }
}

/** The same, for who would rather script it. */
function call({ pool, level, isForced }: Request): string {
  const parts = [`pool=${encodeURIComponent(pool)}`]
  if (level !== null) parts.push(`level=${level}`)
  if (isForced) parts.push('force=true')
  return `The same call: POST /api/v1/failover/activate?${parts.join('&')}`
}

/** Whether those who stand by have room for what runs now. */
function capacityWarnings(
  { pool, rates }: FailoverInFleet,
  { standby }: FailoverPreview
): readonly string[] {
  const ready = standby.filter(({ isEligible }) => isEligible).map(({ address }) => address)
  const backends = pool.backends.filter(({ address }) => ready.includes(address))
  const slots = backends.reduce((sum, { slotLimit }) => sum + slotLimit, 0)
  if (rates === null || backends.some(({ slotLimit }) => slotLimit === 0) || slots === 0) return []
  const percent = Math.round((100 * rates.inFlight) / slots)
  if (percent <= 100) return []
  return [
    `The standby would run at ${percent} % of its slots (${rates.inFlight} of ${slots}); the rest queues.`
  ]
}
