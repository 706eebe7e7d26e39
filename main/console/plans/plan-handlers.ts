/** The calls `plan.make` and `plan.apply`. */
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import type { PlanDesk } from './plan-desk.ts'

export function planHandlers(desk: PlanDesk): Pick<MethodHandlers, 'plan.make' | 'plan.apply'> {
  return {
    'plan.make': (request) => desk.make(request),
    'plan.apply': ({ planId, confirmation }, { actor }) => desk.apply(planId, confirmation, actor)
  }
}
