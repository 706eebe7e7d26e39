/**
 * The buffer of a Vector sink. One on disk is `store`: a request is safe before its client has an
 * answer, and delivered later. One in memory is `hold`: requests wait with their clients.
 */
import { DraftMap } from '../draft-map.ts'
import type { TomlEntry } from '../toml/toml-document.ts'
import { isCount, sizeText } from './amounts.ts'
import { find, numberOf, textOf, type Component } from './component.ts'
import type { Translation } from './translation.ts'

/** Two data files of 128 MiB and what belongs to them. */
const VECTOR_DISK_MINIMUM = 268_435_488
const MEGABYTE = 1_000_000
/** The most that `buffer.max_size` takes. */
export const MOST_STORED = 2 ** 44
const MOST_HELD = 1_000_000

export interface StoreWish {
  /** Of the route. */
  readonly draft: DraftMap
  readonly size: { readonly bytes: number; readonly entry: TomlEntry } | null
  readonly whenFull: { readonly word: 'block' | 'reject'; readonly entry: TomlEntry } | null
}

const CHAINED = {
  why: 'A request is in one buffer, and buffers do not overflow into each other.',
  instead: '`buffer: { mode: store }` of the route keeps requests on disk.'
} as const

/** What the routes to the sink must store; null: nothing. A hold is written into the pool. */
export function translateBuffer(
  sink: Component,
  routePath: string,
  pool: DraftMap,
  translation: Translation
): StoreWish | null {
  const buffer = find(sink.table, 'buffer')
  if (buffer === undefined) return null
  if (buffer.value.kind !== 'table') {
    leaveChain(buffer, translation)
    return null
  }
  const type = find(sink.table, 'buffer', 'type')
  if (textOf(type) === 'disk') return translateDisk(sink, type!, routePath, translation)
  // Without a type, and without a buffer at all, Vector has one in memory.
  if (type === undefined || textOf(type) === 'memory') {
    translateMemory(sink, type ?? buffer, pool, translation)
  } else {
    translation.ledger.left(type, { why: 'It is neither "disk" nor "memory".' })
  }
  return null
}

function leaveChain(buffer: TomlEntry, translation: Translation): void {
  const items = buffer.value.kind === 'list' ? buffer.value.items : []
  const leaves = items.flatMap((item) => (item.kind === 'table' ? [...item.table.values()] : []))
  for (const leaf of leaves.length > 0 ? leaves : [buffer]) translation.ledger.left(leaf, CHAINED)
}

function translateDisk(
  sink: Component,
  type: TomlEntry,
  routePath: string,
  translation: Translation
): StoreWish {
  const draft = new DraftMap(`${routePath}.buffer`)
  translation.put(draft, 'mode', 'store', type, {
    why: 'The client gets 202 once its request is safe on disk, and Location says where to ask what became of it.',
    origin:
      'The client gets 200 up to half a second before its event is safe on disk, and never learns what became of it. The buffer lies in `data_dir` of the top level, which must be there.'
  })
  draft.set('ttl', '0s', 'Vector keeps a request until it is delivered')
  return { draft, size: diskSize(sink, translation), whenFull: diskWhenFull(sink, translation) }
}

function diskSize({ table }: Component, translation: Translation): StoreWish['size'] {
  const entry = find(table, 'buffer', 'max_size')
  const bytes = numberOf(entry)
  if (entry === undefined) return null
  if (!isCount(bytes)) {
    translation.ledger.left(entry, { why: 'It is no number of octets.' })
    return null
  }
  const isTooSmall = bytes < MEGABYTE
  const origin = `It is refused: a disk buffer of Vector has ${VECTOR_DISK_MINIMUM} octets at least (about 256 MiB).`
  translation.ledger.translated(entry, 'buffer.max_size', {
    ...(isTooSmall ? { why: 'Less than 1 MB is not taken; 1 MB is written.' } : {}),
    ...(bytes < VECTOR_DISK_MINIMUM ? { origin } : {})
  })
  return { bytes: Math.min(Math.max(bytes, MEGABYTE), MOST_STORED), entry }
}

function diskWhenFull({ table }: Component, translation: Translation): StoreWish['whenFull'] {
  const entry = find(table, 'buffer', 'when_full')
  if (entry === undefined) return null
  const written = textOf(entry)
  if (written === 'block') {
    translation.ledger.translated(entry, 'buffer.when_full')
    return { word: 'block', entry }
  }
  if (written === 'drop_newest') {
    translation.ledger.translated(entry, 'buffer.when_full', {
      why: 'What does not fit is refused with Retry-After, so that its client can try again.',
      origin: 'What does not fit is thrown away, although its client has got 200.'
    })
    return { word: 'reject', entry }
  }
  translation.ledger.left(entry, CHAINED)
  return null
}

function translateMemory(
  sink: Component,
  type: TomlEntry,
  pool: DraftMap,
  translation: Translation
): void {
  const buffer = pool.child('buffer')
  const remark = {
    why: 'Requests wait with their clients, who get the answer of the backend once it is back.',
    origin:
      'Clients have their 200 before the backend knows anything, and what waits is lost with the process.',
    instead: 'Write `buffer: { mode: store }` at the route where clients cannot wait.'
  }
  if (type.path.at(-1) === 'type') translation.put(buffer, 'mode', 'hold', type, remark)
  else buffer.set('mode', 'hold')
  const events = find(sink.table, 'buffer', 'max_events')
  const size = find(sink.table, 'buffer', 'max_size')
  const [count, bytes] = [numberOf(events), numberOf(size)]
  if (events !== undefined && isCount(count) && count > 0 && count <= MOST_HELD) {
    translation.put(buffer, 'max_requests', count, events)
  }
  if (size !== undefined && isCount(bytes)) {
    translation.put(buffer, 'max_bytes', sizeText(bytes), size)
  }
  const full = find(sink.table, 'buffer', 'when_full')
  if (full === undefined) return
  const why = 'A request that does not fit is answered with 503 and Retry-After.'
  if (textOf(full) === 'drop_newest') translation.ledger.translated(full, buffer.path, { why })
  else translation.ledger.left(full, textOf(full) === 'overflow' ? CHAINED : { why })
}
