/**
 * A message for Slack's incoming webhooks. Every text is a plain one, so that nothing in it can
 * format, link or mention; the three characters that Slack reads even there are escaped
 * (https://api.slack.com/reference/surfaces/formatting#escaping).
 */
import type { EventSeverity } from '../../../preload/contract/console-event.ts'
import { kindOf, severityOf, type NotificationMessage } from '../message.ts'
import { wordsOf } from '../message-text.ts'
import type { NotificationSource } from '../notification-source.ts'
import { fittingLines, shortened } from './shortened.ts'

/** https://api.slack.com/reference/block-kit/blocks */
export const SLACK_LIMITS = { header: 150, section: 3000, context: 2000, text: 3000 } as const

const COLOURS: Readonly<Record<EventSeverity, string>> = {
  info: '#6b7280',
  notice: '#2563eb',
  warning: '#d97706',
  critical: '#dc2626'
}
const OVER = '#16a34a'

export function slackMessage(
  message: NotificationMessage,
  source: NotificationSource
): Readonly<Record<string, unknown>> {
  const { title, summary, lines, remarks, origin } = wordsOf(message, source)
  const text = shortened(title, SLACK_LIMITS.text, escapeSlack)
  const body = fittingLines([summary, ...lines, ...remarks], SLACK_LIMITS.section, escapeSlack)
  return {
    // Read out by notifications; the attachment is what is seen.
    text,
    mrkdwn: false,
    attachments: [
      {
        color: kindOf(message) === 'closed' ? OVER : COLOURS[severityOf(message)],
        fallback: text,
        blocks: [
          { type: 'header', text: plainText(shortened(title, SLACK_LIMITS.header, escapeSlack)) },
          { type: 'section', text: plainText(body) },
          {
            type: 'context',
            elements: [plainText(shortened(origin, SLACK_LIMITS.context, escapeSlack))]
          }
        ]
      }
    ]
  }
}

/** `<!channel>` and `<@U…>` become text. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** `text` is escaped. */
function plainText(text: string): Readonly<Record<string, unknown>> {
  return { type: 'plain_text', emoji: false, text }
}
