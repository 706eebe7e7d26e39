/** The live weight of a backend, or back to the configured one. */
import { canServe } from '../../live/backend-status.ts'
import {
  backendFacts,
  backendInFleet,
  lossWarnings,
  takeOver,
  untilShown,
  type BackendInFleet
} from '../backend-in-fleet.ts'
import { dangerOf } from '../danger.ts'
import { spokenReason, type PlanDraft, type PlanKind, type RequestOf } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { workspaceFacts } from '../workspace-facts.ts'

type Request = RequestOf<'set_weight'>

export function setWeight(services: PlanServices): PlanKind<'set_weight'> {
  const { live, engine, clock } = services
  return {
    draft: (request) => draftOf(request, services),
    async apply(request, draft, author) {
      const { pool, backend, weight } = request
      const reason = spokenReason(author)
      const wanted = weightOf(request, backendInFleet(live, pool, backend))
      await engine.command({ name: 'set_weight', pool, backend, weight, reason })
      await untilShown(live, clock, ({ pools }) =>
        pools.some(
          ({ name, backends }) =>
            name === pool &&
            backends.some((one) => one.address === backend && one.weight === wanted)
        )
      )
      return { sentence: `${backend} in ${pool} now has weight ${wanted}.`, undo: draft.undo }
    }
  }
}

function draftOf(request: Request, { live, workspace }: PlanServices): PlanDraft {
  const { pool, backend: address, weight } = request
  const found = backendInFleet(live, pool, address)
  const { backend, others } = found
  const wanted = weightOf(request, found)
  const takesOut = wanted === 0 && canServe(backend)
  const verb =
    weight === null ? `Reset the weight of ${address}` : `Set the weight of ${address} to ${weight}`
  return {
    level: dangerOf({ workspace: workspace.state, isFinal: takesOut && others.length === 0 }),
    title: `${verb} in ${pool}`,
    verb,
    steps: stepsOf(found, wanted),
    warnings: takesOut ? lossWarnings(found) : [],
    name: pool,
    undo: {
      kind: 'set_weight',
      pool,
      backend: address,
      weight: backend.isWeightOverridden ? backend.weight : null
    },
    facts: { ...backendFacts(found), ...workspaceFacts(workspace.state) }
  }
}

function weightOf({ weight }: Request, { backend }: BackendInFleet): number {
  return weight ?? backend.configuredWeight
}

function stepsOf(found: BackendInFleet, wanted: number): string[] {
  const { backend, others } = found
  const change = `The weight of ${backend.address} goes from ${backend.weight} to ${wanted}.`
  if (wanted === 0) return [change, takeOver(found)].filter((step) => step !== '')
  const among = others.filter(({ level }) => level === backend.level)
  const total = wanted + among.reduce((sum, { weight }) => sum + weight, 0)
  const share = Math.round((100 * wanted) / total)
  if (among.length === 0) return [change]
  return [change, `Where weights count, it then gets about ${share} % of its level's requests.`]
}
