/** Pools and routes as they are written. */
import { DraftMap } from '../draft-map.ts'
import { leaveDifferences } from './member-difference.ts'
import { draftPartition } from './partition-draft.ts'
import type { PoolUnit } from './pool-unit.ts'
import { draftRoutes } from './route-draft.ts'
import { translateSink, type SinkSettings } from './sink-settings.ts'
import type { StoreWish } from './sink-buffer.ts'
import { SINK_NOTES } from './sink-notes.ts'
import { lineComment, type Translation } from './translation.ts'

export interface UnitDraft {
  readonly pool: DraftMap
  readonly routes: readonly DraftMap[]
  /** null: nothing is stored. */
  readonly store: StoreWish | null
}

const UNKNOWN_KEY = {
  why: 'It is no option that is known here.',
  origin: 'The http sink refuses a file with an option that it does not have.'
} as const

export function draftUnit(unit: PoolUnit, translation: Translation): UnitDraft {
  const names = {
    pool: translation.nameFor('pool', unit.id),
    route: translation.nameFor('route', unit.id)
  }
  const settings = unit.members.map((member) => translateSink(member, names, translation))
  const [first] = settings as [SinkSettings]
  const pool = new DraftMap(first.pool.path)
  pool.set(
    'name',
    names.pool,
    lineComment((unit.division?.transform ?? unit.members[0]!.sink).entry)
  )
  if (unit.division !== null) draftPartition(unit, unit.division, pool, translation)
  const { pool: keys } = first
  for (const key of keys.keys()) if (key !== 'name') pool.take(keys, key)
  pool.set(
    'backends',
    settings.map(({ backend }) => backend)
  )
  const routes = draftRoutes(unit, names, first, translation)
  for (const { sink } of unit.members) translation.leaveRest(sink, SINK_NOTES, UNKNOWN_KEY)
  leaveDifferences(unit.members, translation)
  return { pool, routes, store: first.store }
}
