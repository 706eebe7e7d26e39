/** Charts: from the engine's rings, and from the history where those do not reach. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { EngineAnswer, EngineQuestion } from '../../../proxy-core/model/control-protocol.ts'
import {
  seriesColumns,
  type Series,
  type SeriesQuery,
  type SeriesRange
} from '../../../proxy-core/model/series.ts'
import type { MethodHandlers } from '../../contract/method-handlers.ts'

export interface SeriesEngine {
  ask(question: EngineQuestion): Promise<EngineAnswer>
}

export interface SeriesHistory {
  /** Points of whole minutes; a point without a row is a gap. Rejects with HISTORY_UNUSABLE. */
  read(query: SeriesQuery): Promise<Series>
}

/** In a shorter range a point of a whole minute would say what nobody measured. */
const RANGES_WITH_HISTORY: ReadonlySet<SeriesRange> = new Set(['15m', '1h', '24h'])

export function seriesHandlers(
  engine: SeriesEngine,
  history: SeriesHistory
): Pick<MethodHandlers, 'series.read'> {
  return { 'series.read': (query) => readSeries(query, engine, history) }
}

export async function readSeries(
  query: SeriesQuery,
  engine: SeriesEngine,
  history: SeriesHistory
): Promise<Series> {
  const rings = await ofEngine(query, engine)
  if (rings === null || firstPoint(rings) === -1) {
    const kept = await ofHistory(query, history)
    const isBetter = kept !== null && (rings === null || firstPoint(kept) !== -1)
    if (isBetter) return kept
    if (rings === null) throw new SwitchyardError('ENGINE_DIED', 'No engine runs that has data.')
    return rings
  }
  const isWhole = firstPoint(rings) === 0
  if (isWhole || !RANGES_WITH_HISTORY.has(query.range) || query.scope.kind === 'backend') {
    return rings
  }
  const kept = await ofHistory(query, history)
  return kept === null ? rings : withBeginningOf(kept, rings)
}

/** null: no engine that could answer. */
async function ofEngine(query: SeriesQuery, engine: SeriesEngine): Promise<Series | null> {
  try {
    const answer = await engine.ask({ name: 'series', query })
    return answer.name === 'series' ? answer.series : null
  } catch (error) {
    const isDown =
      error instanceof SwitchyardError &&
      (error.code === 'ENGINE_DIED' || error.code === 'ENGINE_SILENT')
    if (isDown) return null
    throw error
  }
}

/** null: the history cannot be read, and what the engine has must do. */
async function ofHistory(query: SeriesQuery, history: SeriesHistory): Promise<Series | null> {
  try {
    return await history.read(query)
  } catch (error) {
    if (error instanceof SwitchyardError && error.code === 'HISTORY_UNUSABLE') return null
    throw error
  }
}

/** Index of the first point that is no gap; -1 = all are. */
function firstPoint(series: Series): number {
  return series.ok2xx.findIndex((value) => value !== null)
}

/** The gap before the engine began, filled point by point; gaps within its life stay gaps. */
function withBeginningOf(kept: Series, rings: Series): Series {
  const begin = firstPoint(rings)
  const sources = rings.atMs.map((at, index) =>
    index < begin ? kept.atMs.findIndex((end) => end >= at && at > end - kept.stepMs) : -1
  )
  return {
    ...rings,
    ...seriesColumns((name) =>
      rings[name].map((value, index) => value ?? kept[name][sources[index]!] ?? null)
    )
  }
}
