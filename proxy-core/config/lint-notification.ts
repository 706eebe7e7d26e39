/** Notifications that nobody gets, or that others can read on their way. */
import type { ConfigPath } from '../model/config-problem.ts'
import type { ConfigDocument } from '../model/config-schema.ts'
import type {
  EmailChannelSettings,
  NotificationSettings,
  WebhookChannelSettings
} from '../model/notification-settings.ts'
import { isLoopback } from '../model/schema/addresses.ts'
import type { Finding } from './finding.ts'

const PLACE: ConfigPath = ['failover', 'notification']

export function* lintNotification(
  { failover }: ConfigDocument,
  { channels }: NotificationSettings
): Generator<Finding> {
  const written = failover?.notification
  if (written?.enabled === true && channels.length === 0) {
    const message = 'Notifications are enabled, but there is no channel to send them through.'
    yield { code: 'NO_CHANNEL', path: PLACE, at: 'key', message, hint: 'Add `channels`.' }
  }
  for (const [index, channel] of channels.entries()) {
    const path = [...PLACE, 'channels', index]
    if (channel.type === 'email') yield* lintEmail(channel, path)
    if (channel.type === 'webhook') yield* lintWebhook(channel, path)
  }
}

function* lintEmail(channel: EmailChannelSettings, path: ConfigPath): Generator<Finding> {
  if (channel.tls !== 'none' || isLoopback(channel.server)) return
  const message = `The channel ${channel.name} sends mail over the network unencrypted.`
  yield { ...readable([...path, 'tls'], message), hint: 'Use `tls: starttls` or `implicit`.' }
}

function* lintWebhook({ name, url }: WebhookChannelSettings, path: ConfigPath): Generator<Finding> {
  const target = url === null ? null : URL.parse(url)
  if (target?.protocol !== 'http:' || isLoopback(target.hostname)) return
  const message = `The channel ${name} posts over the network unencrypted.`
  yield { ...readable([...path, 'url'], message), hint: 'Use an https URL.' }
}

function readable(path: ConfigPath, message: string): Omit<Finding, 'hint'> {
  return { code: 'UNENCRYPTED_CHANNEL', path, at: 'value', message }
}
