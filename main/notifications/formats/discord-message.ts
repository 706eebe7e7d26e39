/**
 * A message for Discord's webhooks: one embed within its limits. Markdown is escaped, and nobody
 * can be mentioned: not by what a reason quotes, and not by the name of a pool.
 */
import type { EventSeverity } from '../../../preload/contract/console-event.ts'
import { kindOf, severityOf, type NotificationMessage } from '../message.ts'
import { wordsOf } from '../message-text.ts'
import type { NotificationSource } from '../notification-source.ts'
import { fittingLines, shortened } from './shortened.ts'

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits; 6000 in all. */
export const DISCORD_LIMITS = { title: 256, description: 4096, footer: 1024 } as const

const COLOURS: Readonly<Record<EventSeverity, number>> = {
  info: 0x6b7280,
  notice: 0x2563eb,
  warning: 0xd97706,
  critical: 0xdc2626
}
const OVER = 0x16a34a

export function discordMessage(
  message: NotificationMessage,
  source: NotificationSource
): Readonly<Record<string, unknown>> {
  const { title, summary, lines, remarks, origin } = wordsOf(message, source)
  const body = [summary, ...lines, ...remarks]
  const lastAtMs = message.lines.shown.at(-1)?.atMs ?? message.incidents[0]!.openedAtMs
  return {
    username: 'Switchyard',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: shortened(title, DISCORD_LIMITS.title, escapeDiscord),
        description: fittingLines(body, DISCORD_LIMITS.description, escapeDiscord),
        color: kindOf(message) === 'closed' ? OVER : COLOURS[severityOf(message)],
        timestamp: new Date(lastAtMs).toISOString(),
        // A footer knows no markdown.
        footer: { text: shortened(origin, DISCORD_LIMITS.footer, withoutMentions) }
      }
    ]
  }
}

/** Lists and quotes need no look: every line begins with a word of ours. */
const MARKDOWN = /[\\*_~`|<>#[\]]/g
/** Nothing that a backend says becomes a link. */
const LINK = /:\/\//g

export function escapeDiscord(text: string): string {
  const escaped = text.replaceAll(MARKDOWN, (character) => `\\${character}`)
  return withoutMentions(escaped.replaceAll(LINK, ':\\//'))
}

/** A space of no width after the at sign, beside `allowed_mentions`: not even in its colour. */
function withoutMentions(text: string): string {
  return text.replaceAll('@', '@\u200b')
}
