/** What a sink says of its pool and of the routes to it, beside the address. */
import { DraftMap } from '../draft-map.ts'
import { find } from './component.ts'
import type { Member } from './pool-unit.ts'
import { translateBuffer, type StoreWish } from './sink-buffer.ts'
import { translateConcurrency, translateRateLimit, translateTimeout } from './sink-limits.ts'
import { translateRetry } from './sink-retry.ts'
import { translateHealthCheck, translateUpstreamTls } from './sink-tls.ts'
import { lineComment, type Translation } from './translation.ts'

export interface SinkSettings {
  /** Keys of the pool, `backends` aside. */
  readonly pool: DraftMap
  readonly backend: DraftMap
  readonly store: StoreWish | null
  readonly rateLimit: DraftMap | null
}

export function translateSink(
  { sink, target }: Member,
  names: { readonly pool: string; readonly route: string },
  translation: Translation
): SinkSettings {
  const pool = new DraftMap(`pools[${names.pool}]`)
  const routePath = `routes[${names.route}]`
  translateType(sink, pool, translation)
  const backend = new DraftMap(`${pool.path}.backends[]`)
  translation.put(backend, 'address', target.address, target.entry, uriRemark(target))
  translateUpstreamTls(sink, target, pool, translation)
  translateTimeout(sink, pool, translation)
  translateConcurrency(sink, pool, translation)
  translateHealthCheck(sink, target, pool, translation)
  const store = translateBuffer(sink, routePath, pool, translation)
  translateRetry(sink, pool, store?.draft ?? null, translation)
  const rateLimit = translateRateLimit(sink, routePath, translation)
  translateAcknowledgements(sink, routePath, translation)
  translateDefaults(sink, pool, translation)
  return { pool, backend, store, rateLimit }
}

function translateType(sink: Member['sink'], pool: DraftMap, translation: Translation): void {
  const type = find(sink.table, 'type')!
  const hasCodec = find(sink.table, 'encoding') !== undefined
  const remark = translation.once('sink', {
    why: 'Each request is passed on as it came, and its answer goes back to its client.',
    origin:
      'Events of many requests are sent in one POST, as a JSON array. Method, path, query and header fields of the requests are not in it, unless the source was told to put them into the event.'
  })
  const codec = 'It refuses a sink without `encoding.codec`.'
  const origin = [remark.origin, hasCodec ? undefined : codec].filter((text) => text !== undefined)
  translation.ledger.translated(type, pool.path, {
    ...remark,
    ...(origin.length === 0 ? {} : { origin: origin.join(' ') })
  })
  pool.set('name', pool.path.slice('pools['.length, -1), lineComment(sink.entry))
}

function uriRemark({ path, lost }: Member['target']): { why?: string; origin?: string } {
  const sentences = [
    ...(path === null ? [] : [`The path of each request goes behind ${path}.`]),
    ...(lost === null ? [] : [`Of the URI, ${lost} cannot be kept.`])
  ]
  return {
    ...(sentences.length === 0 ? {} : { why: sentences.join(' ') }),
    ...(path === null ? {} : { origin: 'Every request goes to exactly this path.' })
  }
}

function translateAcknowledgements(
  { table }: Member['sink'],
  routePath: string,
  translation: Translation
): void {
  const whole = find(table, 'acknowledgements')
  const entry = whole?.value.kind === 'flag' ? whole : find(table, 'acknowledgements', 'enabled')
  if (entry === undefined) return
  const why =
    'A client always gets the answer of the backend, or 202 once a stored request is safe on disk.'
  translation.ledger.translated(entry, routePath, { why })
}

/** Values that say what is so in any case. */
function translateDefaults(
  { table }: Member['sink'],
  pool: DraftMap,
  translation: Translation
): void {
  const compression = find(table, 'compression')
  if (compression?.value.kind === 'text' && compression.value.text === 'none') {
    translation.ledger.translated(compression, pool.path)
  }
}
