/**
 * How dangerous an action is: computed here and nowhere else, from what it touches. 1 is done at
 * once with an undo, 2 is confirmed on a sheet, 3 by typing a name and giving a reason.
 */
import type { DangerLevel } from '../../../preload/contract/plan.ts'
import type { Environment, WorkspaceState } from '../../../preload/contract/workspace-state.ts'

export interface DangerFacts {
  readonly workspace: Pick<WorkspaceState, 'environment' | 'kind'>
  /** It can be taken back at once and hurts nobody meanwhile, as the return of a backend. */
  readonly isHarmless?: boolean
  /** It ends by itself, and no request is lost by it. */
  readonly isPassing?: boolean
  /** It takes away the last that can serve somebody, or deletes. */
  readonly isFinal?: boolean
}

export function dangerOf(facts: DangerFacts): DangerLevel {
  const { workspace, isHarmless, isPassing, isFinal } = facts
  const environment: Environment = workspace.kind === 'demo' ? 'dev' : workspace.environment
  if (isFinal === true) return 3
  if (environment === 'prod') return isPassing === true ? 2 : 3
  return environment === 'dev' && isHarmless === true ? 1 : 2
}
