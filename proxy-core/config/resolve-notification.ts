/** From the document to what the control plane runs notifications on: defaults applied, channels named. */
import type { ConfigDocument } from '../model/config-schema.ts'
import {
  DEFAULT_NOTIFICATION,
  DEFAULT_OCCASIONS,
  DEFAULT_SMTP_PORT,
  DEFAULT_SUBJECT,
  IMPLICIT_TLS_PORT
} from '../model/default-notification.ts'
import type {
  ChannelSettings,
  DeliverySettings,
  EmailChannelSettings,
  MailTls,
  NotificationSettings,
  WebhookChannelSettings
} from '../model/notification-settings.ts'
import { resolvePath } from './resolve-files.ts'
import { secretText } from './resolve-secrets.ts'

type Notification = NonNullable<NonNullable<ConfigDocument['failover']>['notification']>
type Channel = NonNullable<Notification['channels']>[number]
type ChannelOf<Type extends Channel['type']> = Extract<Channel, { type: Type }>

/** Secrets are text where the document was read with them, else null. */
export function resolveNotification(
  { failover }: ConfigDocument,
  baseDir: string
): NotificationSettings {
  const notification = failover?.notification ?? {}
  const isEnabled = notification.enabled ?? true
  const channels = isEnabled ? (notification.channels ?? []) : []
  const names = channelNames(channels)
  return {
    groupWindowMs: notification.group_window ?? DEFAULT_NOTIFICATION.groupWindowMs,
    quietPeriodMs: notification.quiet_period ?? DEFAULT_NOTIFICATION.quietPeriodMs,
    channels: channels.map((channel, index) => resolveChannel(channel, names[index]!, baseDir))
  }
}

/** As they are called where they are told of: `email`, `webhook`, `webhook-2`. */
export function channelNames(
  channels: readonly { readonly type: string; readonly name?: string | undefined }[]
): readonly string[] {
  const counts = new Map<string, number>()
  return channels.map(({ type, name }) => {
    const number = (counts.get(type) ?? 0) + 1
    counts.set(type, number)
    return name ?? (number === 1 ? type : `${type}-${String(number)}`)
  })
}

function resolveChannel(channel: Channel, name: string, baseDir: string): ChannelSettings {
  switch (channel.type) {
    case 'log':
      return { type: 'log', ...delivery(channel, name), level: channel.level ?? null }
    case 'email':
      return resolveEmail(channel, name, baseDir)
    case 'webhook':
      return resolveWebhook(channel, name, baseDir)
    case 'metrics':
      return { type: 'metrics', name, on: channel.on ?? DEFAULT_OCCASIONS }
  }
}

function delivery(channel: ChannelOf<'log' | 'email' | 'webhook'>, name: string): DeliverySettings {
  const isLog = channel.type === 'log'
  const { rate_limit: rate } = channel
  const rateLimit = rate && { messages: rate.messages, perMs: rate.per }
  const written = 'timeout' in channel ? channel.timeout : undefined
  return {
    name,
    on: channel.on ?? DEFAULT_OCCASIONS,
    minIntervalMs: channel.min_interval ?? (isLog ? 0 : DEFAULT_NOTIFICATION.minIntervalMs),
    rateLimit: rateLimit ?? (isLog ? null : DEFAULT_NOTIFICATION.rateLimit),
    timeoutMs: written ?? DEFAULT_NOTIFICATION.timeoutMs
  }
}

function resolveEmail(
  channel: ChannelOf<'email'>,
  name: string,
  baseDir: string
): EmailChannelSettings {
  const port = channel.smtp_port ?? DEFAULT_SMTP_PORT
  return {
    type: 'email',
    ...delivery(channel, name),
    server: channel.smtp_server,
    port,
    tls: channel.tls ?? defaultTls(port),
    caFile: channel.ca === undefined ? null : resolvePath(channel.ca, baseDir),
    user: channel.smtp_user ?? null,
    password: secretText(channel.smtp_password),
    from: channel.from ?? null,
    recipients: channel.recipients,
    subject: channel.subject ?? DEFAULT_SUBJECT
  }
}

function defaultTls(port: number): MailTls {
  return port === IMPLICIT_TLS_PORT ? 'implicit' : 'starttls'
}

function resolveWebhook(
  channel: ChannelOf<'webhook'>,
  name: string,
  baseDir: string
): WebhookChannelSettings {
  return {
    type: 'webhook',
    ...delivery(channel, name),
    url: secretText(channel.url),
    format: channel.format ?? null,
    authorization: secretText(channel.authorization),
    headers: channel.headers ?? {},
    caFile: channel.ca === undefined ? null : resolvePath(channel.ca, baseDir)
  }
}
