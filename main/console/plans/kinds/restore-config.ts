/** Applies an earlier version of the configuration. */
import type { PlanKind } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { configDraft, configResult, plannedIn } from './config-plans.ts'

export function restoreConfig(services: PlanServices): PlanKind<'restore_config'> {
  const { config } = services
  return {
    async draft({ versionId }) {
      const plan = await config.planRestore(versionId)
      const verb = `Restore version ${versionId}`
      return configDraft({ title: `${verb} of ${plan.subject}`, verb }, plan, services)
    },
    async apply({ versionId }, draft, { actor, reason }) {
      return configResult(await config.restore(versionId, actor, reason, plannedIn(draft)))
    }
  }
}
