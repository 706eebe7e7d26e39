/** Writes messages to the log of `run`, or of the console. */
import type { EventSeverity } from '../../../preload/contract/console-event.ts'
import type { LogChannelSettings } from '../../../proxy-core/model/notification-settings.ts'
import type { LogEntry, LogLevel } from '../../cli/run/operator-log.ts'
import { notificationDocument } from '../formats/notification-document.ts'
import { severityOf } from '../message.ts'
import { wordsOf } from '../message-text.ts'
import type { NotificationSource } from '../notification-source.ts'
import type { NotificationChannel } from './notification-channel.ts'

const LEVELS: Readonly<Record<NonNullable<LogChannelSettings['level']>, LogLevel>> = {
  debug: 'info',
  info: 'info',
  warning: 'warning',
  error: 'error'
}

const LEVEL_OF: Readonly<Record<EventSeverity, LogLevel>> = {
  info: 'info',
  notice: 'info',
  warning: 'warning',
  critical: 'error'
}

export function logChannel(
  { level, name }: LogChannelSettings,
  source: NotificationSource,
  write: (entry: LogEntry) => void
): NotificationChannel {
  return {
    destination: 'the log',
    deliver(message) {
      const { title, summary, lines, remarks } = wordsOf(message, source)
      write({
        level: level === null ? LEVEL_OF[severityOf(message)] : LEVELS[level],
        message: [`Notification: ${title}. ${summary}`, ...lines, ...remarks].join('\n'),
        details: { channel: name, notification: notificationDocument(message, source) }
      })
      return Promise.resolve('written')
    }
  }
}
