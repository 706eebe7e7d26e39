/** Every call of the contract: name, arguments, result. */
import type { z } from 'zod'
import { CONSOLE_METHODS } from './methods/console-methods.ts'
import { HISTORY_METHODS } from './methods/history-methods.ts'
import { LIVE_METHODS } from './methods/live-methods.ts'
import { NOTIFICATION_METHODS } from './methods/notification-methods.ts'
import { SECRET_METHODS } from './methods/secret-methods.ts'
import { PLAN_METHODS } from './methods/plan-methods.ts'
import { SETUP_METHODS } from './methods/setup-methods.ts'
import { WORKSPACE_METHODS } from './methods/workspace-methods.ts'

export const METHODS = {
  ...LIVE_METHODS,
  ...PLAN_METHODS,
  ...WORKSPACE_METHODS,
  ...SETUP_METHODS,
  ...HISTORY_METHODS,
  ...NOTIFICATION_METHODS,
  ...SECRET_METHODS,
  ...CONSOLE_METHODS
}

export type MethodName = keyof typeof METHODS
export type MethodArgs<Name extends MethodName> = z.infer<(typeof METHODS)[Name]['args']>
export type MethodResult<Name extends MethodName> = z.infer<(typeof METHODS)[Name]['result']>
