/** Drain, maintenance, and back to ready. */
import type { PlanRequest } from '../../../../preload/contract/plan.ts'
import { canServe } from '../../live/backend-status.ts'
import { counted } from '../../live/wording.ts'
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

type Request = RequestOf<'set_admin_state'>

export function setAdminState(services: PlanServices): PlanKind<'set_admin_state'> {
  const { live, engine, ends, clock } = services
  return {
    draft: (request) => draftOf(request, services),
    async apply(request, draft, author) {
      const { pool, backend, state, forMs } = request
      const reason = spokenReason(author)
      const untilMs = state === 'ready' || forMs === null ? null : clock.wallNow() + forMs
      const forget = ends.expect(pool, backend, untilMs)
      try {
        await engine.command({ name: 'set_admin_state', pool, backend, state, reason })
        await untilShown(live, clock, ({ pools }) =>
          pools.some(
            ({ name, backends }) =>
              name === pool &&
              backends.some((one) => one.address === backend && one.adminState === state)
          )
        )
        const loss = await ends.set(pool, backend, state, untilMs).then(() => '', endLost)
        return { sentence: doneSentence(request, services) + loss, undo: draft.undo }
      } finally {
        forget()
      }
    }
  }
}

/** The state itself has changed by then: to tell of a failure would be to deny that. */
function endLost(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return ` Its end is forgotten when this console ends: ${reason}`
}

function draftOf(request: Request, services: PlanServices): PlanDraft {
  const { state } = request
  const found = backendInFleet(services.live, request.pool, request.backend)
  const { pool, backend, others } = found
  const { workspace } = services
  const isLast = state !== 'ready' && canServe(backend) && others.length === 0
  const { verb, title } = wordsFor(request)
  return {
    level: dangerOf({
      workspace: workspace.state,
      isHarmless: state === 'ready',
      isFinal: isLast
    }),
    title,
    verb,
    steps: stepsOf(request, found, services),
    warnings: warningsOf(request, found),
    name: pool.name,
    undo: undoOf(request, found, services),
    facts: { ...backendFacts(found), ...workspaceFacts(workspace.state) }
  }
}

function wordsFor({ state, pool, backend }: Request): { verb: string; title: string } {
  if (state === 'maint') {
    const verb = `Take ${backend} into maintenance`
    return { verb, title: `Take ${backend} of ${pool} into maintenance` }
  }
  const verb = `${state === 'drain' ? 'Drain' : 'Bring back'} ${backend}`
  return { verb, title: `${verb} in ${pool}` }
}

function stepsOf(request: Request, found: BackendInFleet, services: PlanServices): string[] {
  const { state } = request
  const { backend, rates } = found
  if (state === 'ready') return [returnStep(found)]
  const running = counted(rates?.inFlight ?? 0, 'running request')
  const steps = [
    state === 'drain'
      ? `${backend.address} gets no new requests; ${running} may finish.`
      : `${backend.address} gets no requests; ${running} may finish. Its health probes rest.`,
    takeOver(found),
    endStep(request, services)
  ]
  return steps.filter((step) => step !== '')
}

function returnStep({ backend }: BackendInFleet): string {
  const { address, adminState, hasHealthCheck, health } = backend
  if (adminState === 'maint' && hasHealthCheck) {
    return `${address} is probed again, and gets requests after one passed probe.`
  }
  if (health === 'down') return `${address} gets requests again as soon as its probes pass.`
  return `${address} gets requests again at once.`
}

function endStep({ forMs }: Request, { clock, time }: PlanServices): string {
  return forMs === null ? '' : `It ends by itself at ${time(clock.wallNow() + forMs)}.`
}

function warningsOf({ state, forMs }: Request, found: BackendInFleet): string[] {
  if (state === 'ready') return []
  const warnings = lossWarnings(found)
  if (forMs === null) warnings.push('It has no end: somebody has to bring the backend back.')
  return warnings
}

function undoOf(
  { pool, backend: address }: Request,
  { backend }: BackendInFleet,
  { clock }: PlanServices
): PlanRequest {
  const { adminState, adminUntilMs } = backend
  const leftMs = adminUntilMs === null ? null : adminUntilMs - clock.wallNow()
  const forMs = leftMs !== null && leftMs > 0 ? leftMs : null
  return { kind: 'set_admin_state', pool, backend: address, state: adminState, forMs }
}

function doneSentence({ pool, backend: address, state }: Request, services: PlanServices): string {
  const { rates } = backendInFleet(services.live, pool, address)
  if (state === 'ready') return `${address} in ${pool} is ready again.`
  const left = rates?.inFlight ?? 0
  const rest = left === 0 ? 'no request is left' : `${counted(left, 'request')} left`
  if (state === 'drain') return `Drained ${address} in ${pool}; ${rest}.`
  return `Took ${address} in ${pool} into maintenance; ${rest}.`
}
