/**
 * How often and when a failed request is sent again: `request.retry_*` of Vector, and `retries` and
 * `backoff` of seed 000, which Vector never had. Stored requests have attempts and waits of their own,
 * others those of their pool.
 */
import type { DraftMap, DraftScalar } from '../draft-map.ts'
import type { TomlEntry } from '../toml/toml-document.ts'
import { durationText, isCount } from './amounts.ts'
import { find, numberOf, textOf, type Component } from './component.ts'
import type { Translation } from './translation.ts'

/** Network errors, 408, 429 and 5xx but 501: what Vector's http sink tries again by default. */
const NETWORK = ['connect_failure', 'reset', 'timeout'] as const
const RETRIED: readonly DraftScalar[] = [...NETWORK, 408, 429, 500, 502, 503, 504]
/** 1, 1, 2, 3, 5, 8: each wait is about so many times the one before. */
const FIBONACCI_GROWTH = 1.6

const GROWTHS: Readonly<Record<string, number>> = {
  exponential: 2,
  fibonacci: FIBONACCI_GROWTH,
  constant: 1,
  fixed: 1
}

const NO_SUCH_OPTION = 'The http sink has no option of this name, and Vector refuses the file.'

/** Where attempts and waits are written, and how many attempts that takes. */
interface RetryPlace {
  readonly draft: DraftMap
  readonly isStored: boolean
  readonly mostAttempts: number
}

/** `store`: the `buffer` of the route, for a sink whose requests are stored; else null. */
export function translateRetry(
  sink: Component,
  pool: DraftMap,
  store: DraftMap | null,
  translation: Translation
): void {
  const { table } = sink
  const attempts = find(table, 'retries') ?? find(table, 'request', 'retry_attempts')
  const waits = [
    find(table, 'backoff'),
    find(table, 'request', 'retry_initial_backoff_secs'),
    find(table, 'request', 'retry_max_duration_secs'),
    find(table, 'request', 'retry_jitter_mode')
  ].flatMap((entry) => (entry === undefined ? [] : [entry]))
  const strategy = strategyOf(table)
  if (attempts === undefined && waits.length === 0 && strategy === undefined) return
  const place = placeOf(pool, store)
  if (attempts !== undefined) translateAttempts(attempts, place, translation)
  else if (!place.isStored)
    place.draft.set('attempts', place.mostAttempts, 'Vector tries without end')
  if (strategy !== undefined) translateStrategy(sink, strategy, place, translation)
  for (const entry of waits) translateWait(entry, place.draft, translation)
}

function placeOf(pool: DraftMap, store: DraftMap | null): RetryPlace {
  if (store !== null) return { draft: store, isStored: true, mostAttempts: 1000 }
  const draft = pool.child('retry')
  draft.set('on', RETRIED, 'what Vector tries again')
  // Every request of Vector is a POST, and it repeats them all.
  draft.set('non_idempotent', true, 'as Vector does: a POST may be done twice')
  return { draft, isStored: false, mostAttempts: 20 }
}

function strategyOf(table: Component['table']): TomlEntry | undefined {
  return find(table, 'retry_strategy', 'type') ?? find(table, 'request', 'retry_strategy', 'type')
}

function translateAttempts(entry: TomlEntry, place: RetryPlace, translation: Translation): void {
  const retries = numberOf(entry)
  if (!isCount(retries)) {
    translation.ledger.left(entry, { why: 'It is no number of retries.' })
    return
  }
  const { draft, isStored, mostAttempts } = place
  const attempts = Math.min(retries + 1, mostAttempts)
  const isOurs = entry.path.at(-1) === 'retries'
  const counted =
    retries + 1 > mostAttempts
      ? `A request is tried ${mostAttempts} times at most.`
      : `The first try counts as well: ${attempts} attempts.`
  const after = isStored ? ' Then it is a dead letter, which is kept and can be sent again.' : ''
  translation.put(draft, 'attempts', attempts, entry, {
    why: `${counted}${after}`,
    ...(isOurs
      ? {
          origin: `${NO_SUCH_OPTION} It is called request.retry_attempts, and without it there is no end.`
        }
      : {})
  })
}

function translateStrategy(
  { table }: Component,
  entry: TomlEntry,
  { draft, isStored }: RetryPlace,
  translation: Translation
): void {
  const type = textOf(entry)
  const codes =
    find(table, 'retry_strategy', 'status_codes') ??
    find(table, 'request', 'retry_strategy', 'status_codes')
  if (type === 'none') translation.put(draft, 'attempts', 1, entry)
  else if (isStored) translateStoredStrategy(type, [entry, codes], draft, translation)
  else if (type === 'all' || type === 'default') {
    const why = 'A list names each status: 408, 429, 500, 502, 503 and 504.'
    translation.put(draft, 'on', RETRIED, entry, type === 'all' ? { why } : {})
  } else if (type === 'custom' && codes !== undefined) {
    translation.put(draft, 'on', [...NETWORK, ...statusesOf(codes)], codes)
    translation.ledger.translated(entry, draft.pathOf('on'))
  } else {
    translation.ledger.left(entry, { why: 'It is no strategy that is known here.' })
  }
}

/** What a stored request is tried again after is no option. */
function translateStoredStrategy(
  type: string | undefined,
  entries: readonly (TomlEntry | undefined)[],
  draft: DraftMap,
  { ledger }: Translation
): void {
  const why =
    'A stored request is tried again after network errors, 408, 425, 429 and 5xx except 501.'
  const instead = '`success` of the buffer names answers that mean that a request was taken.'
  for (const entry of entries) {
    if (entry === undefined) continue
    if (type === 'default') ledger.translated(entry, draft.path)
    else ledger.left(entry, { why, instead })
  }
}

function statusesOf({ value }: TomlEntry): readonly number[] {
  if (value.kind !== 'list') return []
  return value.items.flatMap((item) => {
    const status = item.kind === 'number' ? item.number : 0
    return Number.isInteger(status) && status >= 400 && status <= 599 ? [status] : []
  })
}

function translateWait(entry: TomlEntry, draft: DraftMap, translation: Translation): void {
  const key = String(entry.path.at(-1))
  const time = durationText(numberOf(entry))
  if (key === 'retry_jitter_mode') translateJitter(entry, draft, translation)
  else if (key === 'backoff') translateBackoff(entry, draft, translation)
  else if (time === undefined) {
    translation.ledger.left(entry, { why: 'It is no number of seconds.' })
  } else if (key === 'retry_max_duration_secs') {
    translation.put(backoffOf(draft), 'max', time, entry)
  } else {
    const backoff = backoffOf(draft)
    const why = `Vector's waits are Fibonacci's numbers, 1, 1, 2, 3, 5, 8; growth ${FIBONACCI_GROWTH} is close to them.`
    translation.put(backoff, 'scale', time, entry, { why })
    if (backoff.get('growth') === undefined) backoff.set('growth', FIBONACCI_GROWTH)
  }
}

function translateBackoff(entry: TomlEntry, draft: DraftMap, translation: Translation): void {
  const word = textOf(entry)
  const origin = `${NO_SUCH_OPTION} Its waits are Fibonacci's numbers, 1, 1, 2, 3, 5, 8 seconds, up to request.retry_max_duration_secs, and shortened at random.`
  if (word !== undefined && Object.hasOwn(GROWTHS, word)) {
    const backoff = backoffOf(draft)
    translation.put(backoff, 'growth', GROWTHS[word]!, entry, { origin })
    if (backoff.get('scale') === undefined) backoff.set('scale', '1s', 'as in Vector')
    if (backoff.get('max') === undefined) backoff.set('max', '30s', 'as in Vector')
    return
  }
  translation.ledger.left(entry, {
    why: 'It is no form of waiting that is known here.',
    origin,
    instead: '`backoff: { scale: 1s, growth: 2, max: 30s }` where the attempts are written.'
  })
}

function translateJitter(entry: TomlEntry, draft: DraftMap, translation: Translation): void {
  const mode = textOf(entry)?.toLowerCase()
  if (mode === 'full' || mode === 'none') {
    translation.put(backoffOf(draft), 'jitter', mode, entry)
    return
  }
  translation.ledger.left(entry, { why: 'It is neither "Full" nor "None".' })
}

function backoffOf(draft: DraftMap): DraftMap {
  return draft.child('backoff')
}
