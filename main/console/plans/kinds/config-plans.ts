/** What applying the staged configuration and going back to an earlier one have in common. */
import { SwitchyardError } from '../../../../proxy-core/model/error-catalogue.ts'
import type { PlanRequest } from '../../../../preload/contract/plan.ts'
import type { AppliedConfig, ConfigPlan } from '../../workspace/config-desk.ts'
import { dangerOf } from '../danger.ts'
import type { PlanDraft, PlanResult } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'

/** Throws CONFIG_INVALID when the configuration has errors. */
export function configDraft(
  words: Pick<PlanDraft, 'title' | 'verb'>,
  plan: ConfigPlan,
  { workspace }: PlanServices
): PlanDraft {
  const error = plan.problems.find(({ severity }) => severity === 'error')
  if (error) {
    const where = error.line > 0 ? `Line ${error.line}: ` : ''
    throw new SwitchyardError('CONFIG_INVALID', `${where}${error.message}`, {
      problems: plan.problems
    })
  }
  const state = { ...workspace.state, environment: plan.environment }
  return {
    ...words,
    level: dangerOf({ workspace: state, isFinal: plan.isDestructive }),
    steps: [
      ...plan.changes.map((change) => (change.endsWith('.') ? change : `${change}.`)),
      'The engine loads it without dropping a connection; running requests are not affected.'
    ],
    warnings: plan.warnings,
    name: plan.subject,
    undo: null,
    facts: {
      'the configuration': plan.stateHashParts.join('\n'),
      'the environment': plan.environment
    }
  }
}

export function configResult({ sentence, previousVersionId }: AppliedConfig): PlanResult {
  const undo: PlanRequest | null =
    previousVersionId === null ? null : { kind: 'restore_config', versionId: previousVersionId }
  return { sentence, undo }
}
