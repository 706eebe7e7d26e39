/** Ends the workspace: its engine drains and its listeners close. */
import { SwitchyardError } from '../../../../proxy-core/model/error-catalogue.ts'
import { listed } from '../../live/wording.ts'
import { dangerOf } from '../danger.ts'
import type { PlanDraft, PlanKind } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { workspaceFacts } from '../workspace-facts.ts'
import { runningLoad, subjectOf } from './running-load.ts'

export function closeWorkspace(services: PlanServices): PlanKind<'close_workspace'> {
  return {
    draft: () => draftOf(services),
    async apply(_request, draft) {
      await services.workspace.close()
      return { sentence: `Closed ${draft.name}.`, undo: null }
    }
  }
}

function draftOf(services: PlanServices): PlanDraft {
  const { workspace, engine, live } = services
  const { state } = workspace
  if (state.kind === 'none') throw new SwitchyardError('WORKSPACE_NONE', 'Nothing is open.')
  const open = live.fleet.listeners.filter(({ isOpen }) => isOpen).map(({ address }) => address)
  const isServing = engine.status.phase === 'running' || engine.status.phase === 'silent'
  const name = subjectOf(services)
  return {
    level: dangerOf({ workspace: state, isHarmless: !isServing || state.kind === 'demo' }),
    title: `Close ${name}`,
    verb: `Close ${name}`,
    steps: isServing
      ? [runningLoad(services), 'The engine ends.']
      : ['The workspace is closed; no engine runs.'],
    warnings:
      isServing && open.length > 0 ? [`Nobody will listen on ${listed(open)} any more.`] : [],
    name,
    undo: null,
    facts: { 'the engine process': String(engine.status.pid), ...workspaceFacts(state) }
  }
}
