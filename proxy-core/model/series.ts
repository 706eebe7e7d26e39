/**
 * History of traffic as a chart asks for it. The engine keeps rings of rising coarseness; each
 * point merges the histograms of its span, never percentiles. A span without an engine or without
 * a measurement is a gap (`null`), never bridged.
 */
import { z } from 'zod'

/** Ring by range: 1 m from 250 ms points, 15 m from 1 s, 1 h and 2 h from 10 s, 24 h from 1 min. */
export const SERIES_RANGES = ['1m', '5m', '15m', '1h', '24h'] as const
export type SeriesRange = (typeof SERIES_RANGES)[number]

/** Most points of an answer, so that no chart has to decimate. */
export const MAX_SERIES_POINTS = 300

export const seriesScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('total') }),
  z.strictObject({ kind: z.literal('pool'), pool: z.string() }),
  /** Kept for the last minute only. */
  z.strictObject({ kind: z.literal('backend'), pool: z.string(), backend: z.string() })
])

export const seriesQuerySchema = z.strictObject({
  scope: seriesScopeSchema,
  range: z.enum(SERIES_RANGES),
  /** Wall-clock milliseconds of the right edge; null = now. Only what the rings still hold. */
  endMs: z.number().nullable()
})

/** The columns of a series, one value a point. */
export const SERIES_COLUMNS = [
  'ok2xx',
  'redirect3xx',
  'client4xx',
  'server5xx',
  'failures',
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'inFlight',
  'queued'
] as const

export type SeriesColumn = (typeof SERIES_COLUMNS)[number]

const column = z.array(z.number().nullable()).max(MAX_SERIES_POINTS)

export const seriesSchema = z.strictObject({
  stepMs: z.number().positive(),
  /** Wall-clock milliseconds at the end of each point's span, rising. */
  atMs: z.array(z.number()).max(MAX_SERIES_POINTS),
  /** Per second. */
  ok2xx: column,
  redirect3xx: column,
  client4xx: column,
  server5xx: column,
  failures: column,
  p50Ms: column,
  p95Ms: column,
  p99Ms: column,
  /** Highest of the span. */
  inFlight: column,
  queued: column
})

export type SeriesScope = Readonly<z.infer<typeof seriesScopeSchema>>
export type SeriesQuery = Readonly<z.infer<typeof seriesQuerySchema>>
export type Series = Readonly<z.infer<typeof seriesSchema>>

/** Every column made by one function. */
export function seriesColumns<Value>(
  columnOf: (name: SeriesColumn) => Value
): Record<SeriesColumn, Value> {
  const columns = SERIES_COLUMNS.map((name) => [name, columnOf(name)] as const)
  return Object.fromEntries(columns) as Record<SeriesColumn, Value>
}
