/** What of the admin server cannot change while the engine runs. */
import type { AdminSettings } from '../model/settings.ts'

/** A sentence on why only another engine can take `next`; null when the running one can. */
export function restartReason(running: AdminSettings, next: AdminSettings): string | null {
  const isSame =
    next.address.host === running.address.host &&
    next.address.port === running.address.port &&
    (next.tls === null) === (running.tls === null)
  if (isSame) return null
  return 'admin.address and whether admin.tls is set cannot change while the engine runs.'
}
