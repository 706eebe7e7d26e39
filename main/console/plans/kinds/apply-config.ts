/** Applies the staged configuration. */
import type { PlanKind } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { configDraft, configResult, plannedIn } from './config-plans.ts'

export function applyConfig(services: PlanServices): PlanKind<'apply_config'> {
  const { config } = services
  return {
    async draft() {
      const plan = await config.planStaged()
      const title = `Apply the staged changes to ${plan.subject}`
      return configDraft({ title, verb: 'Apply the changes' }, plan, services)
    },
    async apply(_request, draft, { actor, reason }) {
      return configResult(await config.applyStaged(actor, reason, plannedIn(draft)))
    }
  }
}
