/** How long a request may take, how many run at one time, how many may start in a time. */
import { DraftMap } from '../draft-map.ts'
import type { TomlEntry } from '../toml/toml-document.ts'
import { durationText, isCount } from './amounts.ts'
import { find, numberOf, textOf, type Component } from './component.ts'
import { lineComment, type Translation } from './translation.ts'

/** The most that `requests` of a rate limit takes. */
const MOST_REQUESTS = 1_000_000
const MOST_CONNECTIONS = 1_000_000
const DEFAULT_RATE_LIMIT_SECONDS = 1

export function translateTimeout(sink: Component, pool: DraftMap, translation: Translation): void {
  const entry = find(sink.table, 'request', 'timeout_secs')
  if (entry === undefined) return
  const time = durationText(numberOf(entry))
  if (time === undefined) {
    translation.ledger.left(entry, { why: 'It is no number of seconds.' })
    return
  }
  const why = 'It counts to the head of the response, in each attempt.'
  translation.put(pool.child('timeouts'), 'response_head', time, entry, { why })
}

export function translateConcurrency(
  sink: Component,
  pool: DraftMap,
  translation: Translation
): void {
  const entry = find(sink.table, 'request', 'concurrency')
  const word = textOf(entry)
  const number = word === 'none' ? 1 : numberOf(entry)
  if (entry !== undefined && word === 'adaptive') {
    pool.child('adaptive_concurrency', lineComment(entry))
    translation.ledger.translated(entry, pool.pathOf('adaptive_concurrency'))
  } else if (entry !== undefined && isCount(number) && number > 0 && number <= MOST_CONNECTIONS) {
    const why =
      'Further requests wait in the queue of the pool: `queue` says how many, and how long.'
    translation.put(pool, 'max_connections', number, entry, { why })
  } else if (entry !== undefined) {
    translation.ledger.left(entry, { why: 'It is neither a number, "adaptive" nor "none".' })
  }
  for (const [key, option] of ADAPTIVE) {
    const limit = find(sink.table, 'request', 'adaptive_concurrency', key)
    const value = numberOf(limit)
    if (limit === undefined || !isCount(value) || value < 1 || value > MOST_CONNECTIONS) continue
    translation.put(pool.child('adaptive_concurrency'), option, value, limit)
  }
}

const ADAPTIVE = [
  ['max_concurrency_limit', 'max'],
  ['initial_concurrency', 'initial']
] as const

/** Of the routes to the sink; null: none. */
export function translateRateLimit(
  sink: Component,
  routePath: string,
  translation: Translation
): DraftMap | null {
  const number = find(sink.table, 'request', 'rate_limit_num')
  const seconds = find(sink.table, 'request', 'rate_limit_duration_secs')
  if (number === undefined) {
    const why = 'It has no meaning without `request.rate_limit_num`.'
    if (seconds !== undefined) translation.ledger.left(seconds, { why })
    return null
  }
  const requests = numberOf(number)
  const period = seconds === undefined ? DEFAULT_RATE_LIMIT_SECONDS : numberOf(seconds)
  const per = durationText(period)
  if (!isLimit(requests) || per === undefined || (period ?? 0) < 1) {
    const why = `A rate is a number of requests up to ${MOST_REQUESTS.toLocaleString('en')} in one second or more.`
    for (const entry of [number, seconds]) if (entry) translation.ledger.left(entry, { why })
    return null
  }
  const limit = new DraftMap(`${routePath}.rate_limit`)
  putLimit(limit, { number, seconds }, { requests, per }, translation)
  return limit
}

function putLimit(
  limit: DraftMap,
  entries: { readonly number: TomlEntry; readonly seconds: TomlEntry | undefined },
  { requests, per }: { readonly requests: number; readonly per: string },
  translation: Translation
): void {
  translation.put(limit, 'requests', requests, entries.number, {
    why: 'What comes faster is answered with 429 and Retry-After.',
    origin: 'It waits, and so do its clients in the end.'
  })
  if (entries.seconds === undefined) limit.set('per', per)
  else translation.put(limit, 'per', per, entries.seconds)
  limit.set('by', 'route')
}

function isLimit(number: number | undefined): number is number {
  return isCount(number) && number > 0 && number <= MOST_REQUESTS
}
