/** Calls of the contract about preferences. */
import type { Preferences } from '../../../preload/contract/preferences.ts'
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import type { AuditLog } from '../history/audit-log.ts'
import type { PreferencesStore } from './preferences-store.ts'

/** A change of what keeps operators safe is an action like any other: it is audited. */
export function preferencesHandlers(
  store: PreferencesStore,
  audit: Pick<AuditLog, 'record'>
): Pick<MethodHandlers, 'preferences.change'> {
  return {
    'preferences.change': (patch, { actor }) => {
      const before = store.current
      const after = store.change(patch)
      const action = safetyChange(before, after)
      if (action !== null) audit.record({ actor, action, reason: '', outcome: 'done' })
      return after
    }
  }
}

function safetyChange(
  { safety: before }: Preferences,
  { safety: after }: Preferences
): string | null {
  const parts: string[] = []
  if (before.isReadOnly !== after.isReadOnly) {
    parts.push(`Switch read-only ${after.isReadOnly ? 'on' : 'off'}`)
  }
  if (before.adminStateForMs !== after.adminStateForMs) {
    const minutes = Math.round(after.adminStateForMs / 60_000)
    parts.push(`Let drain and maintenance end after ${minutes} min`)
  }
  return parts.length > 0 ? parts.join('; ') : null
}
