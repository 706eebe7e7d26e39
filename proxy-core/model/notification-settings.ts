/**
 * Who is told when something happens to a pool or to the engine. The control plane acts on it,
 * never the engine: nothing that a mail server does may reach the traffic.
 */

/** What can be announced. The console's history uses the same words. */
export const OCCASIONS = [
  'failover',
  'pool_lost',
  'pool_back',
  'backend_down',
  'backend_up',
  'ejection',
  'circuit',
  'hold',
  'engine',
  'listener',
  'config',
  'admin',
  'weight',
  'resolution',
  'buffer',
  'fault'
] as const

export type Occasion = (typeof OCCASIONS)[number]

export const CHANNEL_TYPES = ['log', 'email', 'webhook', 'metrics'] as const

export type ChannelType = (typeof CHANNEL_TYPES)[number]

export interface NotificationSettings {
  /** What happens to one pool within this time becomes one message. */
  readonly groupWindowMs: number
  /** How long everything must be well before an incident is called over. */
  readonly quietPeriodMs: number
  /** Empty: nobody is told. */
  readonly channels: readonly ChannelSettings[]
}

export type ChannelSettings =
  LogChannelSettings | EmailChannelSettings | WebhookChannelSettings | MetricsChannelSettings

interface ChannelBase {
  /** As written, else the type, and its number from the second one on: `webhook-2`. */
  readonly name: string
  /** What begins a message or continues one. */
  readonly on: readonly Occasion[]
}

export interface DeliverySettings extends ChannelBase {
  /** Between two messages about one pool, unless it got worse or is over. */
  readonly minIntervalMs: number
  /** null: as many as come. */
  readonly rateLimit: MessageRate | null
  /** For one attempt. */
  readonly timeoutMs: number
}

/** A token bucket: `messages` at once, and one more every `perMs / messages`. */
export interface MessageRate {
  readonly messages: number
  readonly perMs: number
}

export interface LogChannelSettings extends DeliverySettings {
  readonly type: 'log'
  /** null: as severe as what happened. */
  readonly level: 'debug' | 'info' | 'warning' | 'error' | null
}

export type MailTls = 'starttls' | 'implicit' | 'none'

export interface EmailChannelSettings extends DeliverySettings {
  readonly type: 'email'
  readonly server: string
  readonly port: number
  /** `starttls` is required, never tried and given up. */
  readonly tls: MailTls
  /** null: the authorities of the system. */
  readonly caFile: string | null
  /** null: no log-in. */
  readonly user: string | null
  /** null: none, or the document was read without its secrets. */
  readonly password: string | null
  readonly from: string | null
  readonly recipients: readonly string[]
  /** With the placeholders of `SUBJECT_PLACEHOLDERS`. */
  readonly subject: string
}

export type WebhookFormat = 'json' | 'slack' | 'discord'

export interface WebhookChannelSettings extends DeliverySettings {
  readonly type: 'webhook'
  /** As much a secret as a password. null: the document was read without its secrets. */
  readonly url: string | null
  /** null: recognised by the host of the URL, else `json`. */
  readonly format: WebhookFormat | null
  /** Value of the Authorization field; null: none. */
  readonly authorization: string | null
  readonly headers: Readonly<Record<string, string>>
  /** null: the authorities of the system. */
  readonly caFile: string | null
}

/** Counts; sends nothing. */
export interface MetricsChannelSettings extends ChannelBase {
  readonly type: 'metrics'
}

export const SUBJECT_PLACEHOLDERS = [
  'title',
  'pool',
  'severity',
  'kind',
  'incident',
  'instance',
  'host'
] as const

export type SubjectPlaceholder = (typeof SUBJECT_PLACEHOLDERS)[number]
