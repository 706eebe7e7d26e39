/** One JSON object per line. Every key is always there; null stands for "none". */
import type { AccessRecord } from './access-record.ts'
import { jsonString } from './escape.ts'
import { CLIENT_LEFT, type LineFormat } from './line-format.ts'
import { SecondTexts, THREE_DIGITS, utcSecond } from './log-time.ts'

export function jsonFormat(): LineFormat {
  const times = new SecondTexts(utcSecond)
  const path = pathTexts()
  return (record) =>
    `{"time":"${times.at(Math.floor(record.startedAtMs / 1000))}.` +
    `${THREE_DIGITS[Math.floor(record.startedAtMs) % 1000]!}Z",${path(record)}` +
    `"client":${jsonString(record.clientAddress)},"method":${named(record.method)},` +
    `"target":${named(record.target)},"version":"${record.protocolVersion}",` +
    `"host":${field(record, 'host')},"referer":${field(record, 'referer')},` +
    `"user_agent":${field(record, 'user-agent')},"status":${record.status || CLIENT_LEFT},` +
    `"request_bytes":${record.requestBytes},"response_bytes":${record.responseBytes},` +
    `"duration_ms":${milliseconds(record.durationMs)},` +
    `"response_head_ms":${record.responseHeadMs < 0 ? 'null' : milliseconds(record.responseHeadMs)},` +
    `"attempts":${record.attempts},"request_id":${named(record.requestId)},` +
    `"termination":${named(record.termination)}}\n`
}

/** More than a pool has backends; reloads may bring new ones for ever. */
const TEXTS_KEPT = 4096

/**
 * Listener, route, pool and backend come from the configuration, so their text is made once
 * per backend and found again as long as requests of one route follow each other.
 */
function pathTexts(): (record: AccessRecord) => string {
  let listener = ''
  let route = ''
  let pool = ''
  let byBackend = new Map<string, string>()
  return (record) => {
    if (record.route !== route || record.pool !== pool || record.listener !== listener) {
      listener = record.listener
      route = record.route
      pool = record.pool
      byBackend = new Map()
    }
    const known = byBackend.get(record.backend)
    if (known !== undefined) return known
    const text =
      `"listener":${jsonString(listener)},"route":${named(route)},` +
      `"pool":${named(pool)},"backend":${named(record.backend)},`
    if (byBackend.size >= TEXTS_KEPT) byBackend.clear()
    byBackend.set(record.backend, text)
    return text
  }
}

function named(text: string): string {
  return text === '' ? 'null' : jsonString(text)
}

function field(record: AccessRecord, name: string): string {
  const value = record.requestField(name)
  return value === undefined ? 'null' : jsonString(value)
}

/** Microseconds after the point, and cheaper than the shortest text of a double. */
function milliseconds(ms: number): string {
  const micros = Math.round(ms * 1000)
  return `${Math.floor(micros / 1000)}.${THREE_DIGITS[micros % 1000]}`
}
