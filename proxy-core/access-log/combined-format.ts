/**
 * The "combined" log format of Apache and nginx. The identity and user columns are always
 * "-": they would come from the Authorization field, which is never logged. The time is
 * that of the request head, as in Apache; the size is that of the body, as in nginx.
 */
import type { AccessRecord } from './access-record.ts'
import { escapeQuoted, escapeToken } from './escape.ts'
import { CLIENT_LEFT, type LineFormat } from './line-format.ts'
import { localTime, SecondTexts } from './log-time.ts'

export function combinedFormat(): LineFormat {
  const times = new SecondTexts(localTime)
  return (record) =>
    `${escapeToken(record.clientAddress)} - - [${times.at(Math.floor(record.startedAtMs / 1000))}] ` +
    `"${requestLine(record)}" ${record.status || CLIENT_LEFT} ${record.responseBytes} ` +
    `"${quotedField(record.requestField('referer'))}" ` +
    `"${quotedField(record.requestField('user-agent'))}"\n`
}

function requestLine(record: AccessRecord): string {
  // A request that never became one has no method.
  if (record.method === '') return '-'
  return `${escapeQuoted(record.method)} ${escapeQuoted(record.target)} HTTP/${record.protocolVersion}`
}

function quotedField(value: string | undefined): string {
  return value === undefined ? '-' : escapeQuoted(value)
}
