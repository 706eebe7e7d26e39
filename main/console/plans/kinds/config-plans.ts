/** What applying the staged configuration and going back to an earlier one have in common. */
import { SwitchyardError } from '../../../../proxy-core/model/error-catalogue.ts'
import { formatDuration } from '../../../../proxy-core/model/units.ts'
import type { PlanRequest } from '../../../../preload/contract/plan.ts'
import {
  plannedState,
  type AppliedConfig,
  type ConfigPlan,
  type ConfigRestart
} from '../../workspace/config-desk.ts'
import { dangerOf } from '../danger.ts'
import type { PlanDraft, PlanResult } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'

const CONFIGURATION_FACT = 'the configuration'

/** Of the configuration that a draft is about. */
export function plannedIn({ facts }: PlanDraft): string {
  return facts[CONFIGURATION_FACT] ?? ''
}

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
    level: dangerOf({
      workspace: state,
      isHarmless: plan.isHarmless && plan.restart === null,
      isFinal: plan.isDestructive
    }),
    steps: [
      ...plan.changes.map((change) => (change.endsWith('.') ? change : `${change}.`)),
      plan.restart ? restartStep(plan.restart) : RELOAD_STEP
    ],
    warnings: plan.restart ? [...plan.warnings, RESTART_WARNING] : plan.warnings,
    name: plan.subject,
    undo: null,
    facts: {
      [CONFIGURATION_FACT]: plannedState(plan),
      'the environment': plan.environment,
      'the way to apply it': plan.restart === null ? 'a reload' : 'a restart'
    }
  }
}

const RELOAD_STEP =
  'The engine loads it without dropping a connection; running requests are not affected.'
const RESTART_WARNING = 'Until the new engine listens, new connections are refused.'

function restartStep({ drainMs, reason }: ConfigRestart): string {
  const drained = drainMs === 0 ? 'until they end' : `for up to ${formatDuration(drainMs)}`
  return `The engine restarts: open connections are drained ${drained}. ${reason}`
}

export function configResult({ sentence, previousVersionId }: AppliedConfig): PlanResult {
  const undo: PlanRequest | null =
    previousVersionId === null ? null : { kind: 'restore_config', versionId: previousVersionId }
  return { sentence, undo }
}
