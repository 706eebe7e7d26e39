/** Gives the staged configuration up where that loads a file which has changed meanwhile. */
import type { PlanKind } from '../plan-kind.ts'
import type { PlanServices } from '../plan-services.ts'
import { configDraft, plannedIn } from './config-plans.ts'

export function discardStaged(services: PlanServices): PlanKind<'discard_staged'> {
  const { config } = services
  return {
    async draft() {
      const plan = await config.planDiscard()
      const title = `Discard the staged changes to ${plan.subject} and load the file`
      const draft = configDraft({ title, verb: 'Discard and load the file' }, plan, services)
      return { ...draft, steps: ['What is staged is given up.', ...draft.steps] }
    },
    async apply(_request, draft, { actor, reason }) {
      const { sentence } = await config.discard(actor, reason, plannedIn(draft))
      // The way back is to stage again what was given up: a page's, and no plan.
      return { sentence: `Discarded the staged changes. ${sentence}`, undo: null }
    }
  }
}
