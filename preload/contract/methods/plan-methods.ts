/** Every change of danger: planned, then applied. */
import { z } from 'zod'
import { mutation, query } from '../definition.ts'
import { confirmationSchema, planOutcomeSchema, planRequestSchema, planSchema } from '../plan.ts'

export const PLAN_METHODS = {
  /** Changes nothing. Errors: READ_ONLY, POOL_UNKNOWN, BACKEND_UNKNOWN, CONFIG_INVALID. */
  'plan.make': query(planRequestSchema, planSchema),
  /** Errors: PLAN_OUTDATED, PLAN_UNKNOWN, CONFIRMATION_REQUIRED, and what the action may meet. */
  'plan.apply': mutation(
    z.strictObject({ planId: z.string(), confirmation: confirmationSchema }),
    planOutcomeSchema
  )
}
