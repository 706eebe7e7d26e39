/** Kills or starts one of the demo's own backends, so that an operator can watch a failover. */
import { SwitchyardError } from '../../../../proxy-core/model/error-catalogue.ts'
import type { PlanDraft, PlanKind, RequestOf } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'

type Request = RequestOf<'set_demo_backend'>

export function setDemoBackend(services: PlanServices): PlanKind<'set_demo_backend'> {
  return {
    draft: (request) => draftOf(request, services),
    async apply({ backend, isRunning }, draft) {
      await services.demo.setBackend(backend, isRunning)
      const sentence = isRunning ? `Started ${backend}.` : `Killed ${backend}.`
      return { sentence, undo: draft.undo }
    }
  }
}

function draftOf({ backend: name, isRunning }: Request, { workspace }: PlanServices): PlanDraft {
  const known = workspace.state.demo?.backends.find((candidate) => candidate.name === name)
  if (!known) {
    const reason = workspace.state.demo ? `has no backend ${name}` : 'does not run'
    throw new SwitchyardError('BACKEND_UNKNOWN', `The demo ${reason}.`)
  }
  const verb = isRunning ? `Start ${name}` : `Kill ${name}`
  return {
    // The demo's backends serve nobody but the demo's own load.
    level: 1,
    title: `${verb} of the demo`,
    verb,
    steps: [
      isRunning
        ? `${name} (${known.address}) answers again and returns after its probes passed.`
        : `${name} (${known.address}) stops answering; its connections are cut.`
    ],
    warnings: [],
    name,
    undo: { kind: 'set_demo_backend', backend: name, isRunning: known.isRunning },
    facts: { [`whether ${name} runs`]: known.isRunning ? 'yes' : 'no' }
  }
}
