/** What an access log format is: one file that exports a factory, and one line here. */
import type { AccessLogSettings } from '../model/settings.ts'
import type { AccessRecord } from './access-record.ts'
import { combinedFormat } from './combined-format.ts'
import { jsonFormat } from './json-format.ts'

/** A line in ASCII with its line feed. */
export type LineFormat = (record: AccessRecord) => string

export const LINE_FORMATS: Readonly<Record<AccessLogSettings['format'], () => LineFormat>> = {
  combined: combinedFormat,
  json: jsonFormat
}

/** nginx's status for a client that left before any response. */
export const CLIENT_LEFT = 499
