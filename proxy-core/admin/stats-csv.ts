/**
 * The statistics as HAProxy 2.6 writes them: its columns in its order up to the "-" that
 * ends the fixed part. What the engine does not know stays empty, as HAProxy leaves
 * fields empty that do not apply; nothing is made up.
 */
import type { EngineView } from '../engine/engine-view.ts'
import { STATS_COLUMNS, type StatsRow } from './stats-columns.ts'
import { backendRow, listenerRow, poolRow } from './stats-rows.ts'

/** Rows per chunk: a caller lets traffic pass in between. */
const ROWS_PER_CHUNK = 64

/** Chunks of whole lines; every line ends with a comma, as HAProxy's do. */
export function* statsCsv(view: EngineView, nowMs: number): Generator<string> {
  yield `# ${STATS_COLUMNS.join(',')},\n`
  let chunk = ''
  let count = 0
  for (const row of statsRows(view, nowMs)) {
    chunk += line(row)
    if (++count % ROWS_PER_CHUNK !== 0) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

function* statsRows(view: EngineView, nowMs: number): Generator<StatsRow> {
  let proxyId = 0
  for (const listener of view.listeners) yield listenerRow(listener, ++proxyId)
  for (const pool of view.pools) {
    proxyId++
    for (const [index, backend] of pool.backends.entries()) {
      yield backendRow(pool, backend, { proxyId, serverId: index + 1, nowMs })
    }
    yield poolRow(pool, proxyId)
  }
}

function line(row: StatsRow): string {
  let text = ''
  for (const column of STATS_COLUMNS) text += `${column === '-' ? '-' : field(row[column])},`
  return `${text}\n`
}

/** RFC 4180, and quoted only where it must be. A line break would end the row for most readers. */
function field(value: string | number | undefined): string {
  if (value === undefined) return ''
  const text = String(value).replace(/[\r\n]+/g, ' ')
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
