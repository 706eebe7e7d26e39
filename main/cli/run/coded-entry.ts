/** A line of the log with the code of the catalogue and what it says to do. */
import type { EngineEvent } from '../../../proxy-core/model/engine-event.ts'
import { ERROR_CATALOGUE } from '../../../proxy-core/model/error-catalogue.ts'
import type { LogEntry, LogLevel } from './operator-log.ts'

/** With the remedy of the catalogue, because the reader has no time to look it up. */
export function coded(
  code: string,
  reason: string,
  { level = 'error', event }: { readonly level?: LogLevel; readonly event?: EngineEvent } = {}
): LogEntry {
  const entry = Object.entries(ERROR_CATALOGUE).find(([known]) => known === code)?.[1]
  const remedy = entry ? ` ${entry.remedy}` : ''
  return {
    level,
    message: `${sentence(reason)}${remedy}`,
    details: { code, ...(event && { event }) }
  }
}

export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
