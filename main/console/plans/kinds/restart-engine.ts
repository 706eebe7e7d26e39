/** Ends the engine process and starts another one with the same configuration. */
import { SwitchyardError } from '../../../../proxy-core/model/error-catalogue.ts'
import { dangerOf } from '../danger.ts'
import type { PlanDraft, PlanKind } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { workspaceFacts } from '../workspace-facts.ts'
import { runningLoad, subjectOf } from './running-load.ts'

export function restartEngine(services: PlanServices): PlanKind<'restart_engine'> {
  return {
    draft: () => draftOf(services),
    async apply() {
      const outcome = await services.workspace.restartEngine()
      if (!outcome.ok) throw new SwitchyardError(outcome.code, outcome.reason)
      const { pid } = services.engine.status
      return { sentence: `The engine runs again (process ${pid}).`, undo: null }
    }
  }
}

function draftOf(services: PlanServices): PlanDraft {
  const { engine, workspace } = services
  const { phase, pid } = engine.status
  if (phase === 'none') {
    throw new SwitchyardError('WORKSPACE_NONE', 'No configuration is open, so no engine can run.')
  }
  const isServing = phase === 'running' || phase === 'silent'
  const verb = isServing ? 'Restart the engine' : 'Start the engine'
  return {
    // Where nothing runs there is nothing to hurt.
    level: dangerOf({ workspace: workspace.state, isHarmless: !isServing }),
    title: verb,
    verb,
    steps: isServing
      ? [runningLoad(services), 'A new engine starts, probes the backends and opens the listeners.']
      : ['An engine starts, probes the backends and opens the listeners.'],
    warnings: isServing ? ['For a moment nobody listens: new connections are refused.'] : [],
    name: subjectOf(services),
    undo: null,
    facts: { 'the engine process': String(pid), ...workspaceFacts(workspace.state) }
  }
}
