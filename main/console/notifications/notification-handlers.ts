/** The call `notifications.test`: what leaves the machine is audited. */
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import type { AuditLog } from '../history/audit-log.ts'
import { counted } from '../live/wording.ts'
import type { ConsoleNotifications } from './console-notifications.ts'

export function notificationHandlers(
  notifications: Pick<ConsoleNotifications, 'test'>,
  audit: Pick<AuditLog, 'record'>
): Pick<MethodHandlers, 'notifications.test'> {
  return {
    async 'notifications.test'({ channel }, { actor }) {
      const outcomes = await notifications.test(channel)
      const through = channel === null ? 'all channels' : `the channel ${channel}`
      const failed = outcomes.filter(({ outcome }) => outcome === 'failed').length
      const outcome = failed === 0 ? 'done' : `${counted(failed, 'channel')} failed`
      audit.record({
        actor,
        action: `Send a test notification through ${through}`,
        reason: '',
        outcome
      })
      return { outcomes: [...outcomes] }
    }
  }
}
