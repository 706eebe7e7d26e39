/** Every action, and how one is started: by key, from the palette, from a button. */
import type { HostAbilities } from '../../preload/contract/hello.ts'
import type { Preferences } from '../../preload/contract/preferences.ts'
import type { Action, ActionArgument, ActionContext, ActionValues } from './action.ts'
import { BACKEND_ACTIONS } from './backend-actions.ts'
import { GO_ACTIONS } from './go-actions.ts'
import { LIST_ACTIONS } from './list-actions.ts'
import { POOL_ACTIONS } from './pool-actions.ts'
import { VIEW_ACTIONS } from './view-actions.ts'
import {
  CONFIG_ACTIONS,
  DEMO_ACTIONS,
  ENGINE_ACTIONS,
  NOTIFICATION_ACTIONS
} from './workspace-actions.ts'

export const ACTIONS: readonly Action[] = [
  ...GO_ACTIONS,
  ...VIEW_ACTIONS,
  ...LIST_ACTIONS,
  ...BACKEND_ACTIONS,
  ...POOL_ACTIONS,
  ...CONFIG_ACTIONS,
  ...NOTIFICATION_ACTIONS,
  ...DEMO_ACTIONS,
  ...ENGINE_ACTIONS
]

const BY_ID: ReadonlyMap<string, Action> = new Map(ACTIONS.map((action) => [action.id, action]))

export function findAction(id: string): Action | null {
  return BY_ID.get(id) ?? null
}

/** The keys that hold here: the operator's own, else those of the host. */
export function keysOf(
  action: Action,
  preferences: Pick<Preferences, 'shortcuts'>,
  abilities: Pick<HostAbilities, 'isInBrowser'>
): readonly string[] {
  const own = preferences.shortcuts[action.id]
  if (own !== undefined) return own === '' ? [] : [own]
  return (abilities.isInBrowser ? action.keysWeb : undefined) ?? action.keys
}

/** What the selection answers before anybody is asked. */
export function valuesFromSelection({ console }: ActionContext, action: Action): ActionValues {
  const { backend, pool } = console.selection
  const kinds = new Set(action.asks.map(({ kind }) => kind))
  if (kinds.has('backend') && backend !== null)
    return { pool: backend.pool, backend: backend.backend }
  return kinds.has('pool') && pool !== null ? { pool } : {}
}

/** The first argument that is still to be answered; null when the action can run. */
export function nextArgument(action: Action, values: ActionValues): ActionArgument | null {
  return action.asks.find((argument) => values[argument.kind] === undefined) ?? null
}

/**
 * Runs an action, or asks for its arguments in the palette first. A refusal and a failure become
 * toasts; the promise never rejects.
 */
export async function startAction(
  action: Action,
  context: ActionContext,
  given: ActionValues = {}
): Promise<void> {
  const { console } = context
  const values = { ...valuesFromSelection(context, action), ...given }
  const answer = action.when(context, values)
  if (answer !== true) {
    console.toasts.done(answer)
    return
  }
  if (nextArgument(action, values) !== null) {
    console.shell.askFor(action.id)
    return
  }
  try {
    await action.run(context, values)
  } catch (error) {
    console.toasts.problem(error)
  }
}
