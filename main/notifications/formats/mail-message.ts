/** A message as a mail: subject, text, HTML, and the fields that make one thread of an incident. */
import type { SubjectPlaceholder } from '../../../proxy-core/model/notification-settings.ts'
import { kindOf, severityOf, type NotificationMessage } from '../message.ts'
import { inOneLine, wordsOf, type MessageWords } from '../message-text.ts'
import type { NotificationSource } from '../notification-source.ts'
import { shortened } from './shortened.ts'

/** RFC 5322 advises lines of 78 characters; longer ones are folded, and nobody reads them. */
const SUBJECT_CHARACTERS = 180

export interface MailMessage {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export function mailMessage(
  message: NotificationMessage,
  source: NotificationSource,
  subject: string
): MailMessage {
  const words = wordsOf(message, source)
  return {
    subject: subjectOf(message, { source, words, template: subject }),
    text: textOf(words),
    html: htmlOf(words, kindOf(message) === 'closed' ? OVER : COLOURS[severityOf(message)])
  }
}

interface SubjectParts {
  readonly source: NotificationSource
  readonly words: MessageWords
  readonly template: string
}

function subjectOf(
  message: NotificationMessage,
  { source, words, template }: SubjectParts
): string {
  const { incidents } = message
  const single = incidents.length === 1 ? incidents[0]! : null
  const values: Readonly<Record<SubjectPlaceholder, string>> = {
    title: words.title,
    pool: single === null ? `${incidents.length} incidents` : (single.pool ?? 'engine'),
    severity: severityOf(message),
    kind: kindOf(message),
    incident: single?.id ?? 'several',
    instance: source.instance,
    host: source.host
  }
  const filled = template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name as SubjectPlaceholder] : whole
  )
  return shortened(inOneLine(filled), SUBJECT_CHARACTERS)
}

function textOf({ title, summary, lines, remarks, origin }: MessageWords): string {
  const parts = [title, summary, lines.join('\n'), remarks.join('\n'), `-- \n${origin}`]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const COLOURS = { info: '#6b7280', notice: '#2563eb', warning: '#d97706', critical: '#dc2626' }
const OVER = '#16a34a'
const FONT = 'font-family:system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif'
const MONO = 'font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;white-space:pre-wrap'

/** No image, no link, no script: it looks the same wherever it is read, and asks nobody for anything. */
function htmlOf({ title, summary, lines, remarks, origin }: MessageWords, colour: string): string {
  const rows = lines.map((line) => `<li style="${MONO};margin:2px 0">${escapeHtml(line)}</li>`)
  const list =
    rows.length === 0
      ? ''
      : `<ol style="list-style:none;padding:0;margin:16px 0">${rows.join('')}</ol>`
  return [
    '<!doctype html>',
    `<html lang="en"><body style="${FONT};color:#111827;margin:0;padding:16px">`,
    `<div style="border-left:4px solid ${colour};padding:4px 16px">`,
    `<h1 style="font-size:18px;margin:0 0 8px">${escapeHtml(title)}</h1>`,
    `<p style="margin:0">${escapeHtml(summary)}</p>`,
    list,
    ...remarks.map((remark) => `<p style="margin:8px 0">${escapeHtml(remark)}</p>`),
    `<p style="margin:16px 0 0;color:#6b7280;font-size:13px">${escapeHtml(origin)}</p>`,
    '</div></body></html>'
  ]
    .filter((part) => part !== '')
    .join('\n')
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
