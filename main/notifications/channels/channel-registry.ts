/** Which channel each type of settings makes. */
import type { LogEntry } from '../../cli/run/operator-log.ts'
import type { SendingSettings } from '../channel-desk.ts'
import type { NotificationSource } from '../notification-source.ts'
import { emailChannel } from './email-channel.ts'
import { logChannel } from './log-channel.ts'
import type { NotificationChannel } from './notification-channel.ts'
import { webhookChannel } from './webhook-channel.ts'

export function createChannel(
  settings: SendingSettings,
  source: NotificationSource,
  log: (entry: LogEntry) => void
): NotificationChannel {
  switch (settings.type) {
    case 'log':
      return logChannel(settings, source, log)
    case 'email':
      return emailChannel(settings, source)
    case 'webhook':
      return webhookChannel(settings, source)
  }
}
