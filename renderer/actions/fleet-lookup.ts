/** What actions need to know of the fleet: the thing that they are about, and a refusal if none. */
import type { LiveBackend, LivePool } from '../../preload/contract/live-state.ts'
import type { ActionContext, ActionValues } from './action.ts'

export const NO_BACKENDS = 'No configuration with backends is open.'
export const READ_ONLY = 'The console is read-only. Switch that off in Settings, Safety.'

export function poolsOf({ console }: ActionContext): readonly LivePool[] {
  return console.live.fleet?.pools ?? []
}

export function backendOf(context: ActionContext, values: ActionValues): LiveBackend | null {
  const pool = poolsOf(context).find(({ name }) => name === values.pool)
  return pool?.backends.find(({ address }) => address === values.backend) ?? null
}

/** true where a change of a backend can be asked for: there is one, and changes are allowed. */
export function canChangeBackend(context: ActionContext): true | string {
  if (context.console.preferences.safety.isReadOnly) return READ_ONLY
  return hasBackends(context)
}

export function hasBackends(context: ActionContext): true | string {
  return poolsOf(context).some(({ backends }) => backends.length > 0) ? true : NO_BACKENDS
}

/** @throws Error where an action runs without the backend that it asks for. */
export function requireBackend(values: ActionValues): { pool: string; backend: string } {
  const { pool, backend } = values
  if (pool === undefined || backend === undefined) throw new Error('No backend was chosen.')
  return { pool, backend }
}
