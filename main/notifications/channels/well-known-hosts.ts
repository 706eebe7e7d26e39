/** Hosts of webhooks whose names everybody knows, so that they are no secret. */
import type { WebhookFormat } from '../../../proxy-core/model/notification-settings.ts'

export const SERVICE_FORMATS: ReadonlyMap<string, WebhookFormat> = new Map([
  ['hooks.slack.com', 'slack'],
  ['hooks.slack-gov.com', 'slack'],
  ['discord.com', 'discord'],
  ['discordapp.com', 'discord']
])

const THIS_MACHINE: readonly string[] = ['localhost', '127.0.0.1']

export function isWellKnown(hostname: string): boolean {
  return SERVICE_FORMATS.has(hostname) || THIS_MACHINE.includes(hostname)
}
