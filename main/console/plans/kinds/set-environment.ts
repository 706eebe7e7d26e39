/**
 * What the open file serves. The environment decides how much is asked before a change, so leaving
 * `prod` is asked for as much as anything in it.
 */
import { SwitchyardError } from '../../../../proxy-core/model/error-catalogue.ts'
import type { Environment } from '../../../../preload/contract/workspace-state.ts'
import type { PlanDraft, PlanKind } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { subjectOf } from './running-load.ts'

export function setEnvironment(services: PlanServices): PlanKind<'set_environment'> {
  return {
    draft: ({ environment }) => draftOf(environment, services),
    async apply({ environment }, draft) {
      await services.workspace.setEnvironment(environment)
      return { sentence: `${draft.name} is ${environment} now.`, undo: draft.undo }
    }
  }
}

function draftOf(wanted: Environment, services: PlanServices): PlanDraft {
  const { state } = services.workspace
  if (state.kind !== 'file') {
    throw new SwitchyardError('WORKSPACE_NONE', 'No file is open that could have an environment.')
  }
  const { environment: current } = state
  const name = subjectOf(services)
  const leavesProd = current === 'prod' && wanted !== 'prod'
  return {
    level: leavesProd ? 3 : 1,
    title: `Set the environment of ${name} to ${wanted}`,
    verb: `Set it to ${wanted}`,
    steps: [`The environment of ${name} goes from ${current} to ${wanted}.`, WHAT_IS_ASKED[wanted]],
    warnings: leavesProd
      ? [`If ${name} serves production, its next changes are asked for less than they should be.`]
      : [],
    name,
    undo: current === wanted ? null : { kind: 'set_environment', environment: current },
    facts: { 'the workspace': state.file ?? name, 'the environment': current }
  }
}

const WHAT_IS_ASKED: Readonly<Record<Environment, string>> = {
  dev: 'From then on changes are confirmed on a plan sheet; harmless ones are done at once.',
  staging: 'From then on every change is confirmed on a plan sheet.',
  prod: 'From then on every change asks for the typed name and a reason.'
}
