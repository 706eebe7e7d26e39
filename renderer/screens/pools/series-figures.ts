/** A column of the history in numbers: for the line beside its curve. */
import type { Series } from '../../../proxy-core/model/series.ts'

export interface SeriesFigures {
  /** For a curve: NaN where nothing was measured. */
  readonly values: readonly number[]
  /** Newest measured value; null where there is none. */
  readonly newest: number | null
  readonly highest: number | null
}

/** Requests of all classes and those without an answer, per second. */
export function requestRate(series: Series): readonly (number | null)[] {
  return series.ok2xx.map((ok, at) => {
    const parts = [
      ok,
      series.redirect3xx[at],
      series.client4xx[at],
      series.server5xx[at],
      series.failures[at]
    ]
    if (parts.every((part) => part == null)) return null
    return parts.reduce<number>((sum, part) => sum + (part ?? 0), 0)
  })
}

/** 5xx and those without an answer, per second. */
export function errorRate(series: Series): readonly (number | null)[] {
  return series.server5xx.map((errors, at) => {
    const failures = series.failures[at] ?? null
    return errors === null && failures === null ? null : (errors ?? 0) + (failures ?? 0)
  })
}

export function figuresOf(column: readonly (number | null)[]): SeriesFigures {
  const measured = column.filter((value) => value !== null)
  return {
    values: column.map((value) => value ?? Number.NaN),
    newest: measured.at(-1) ?? null,
    highest: measured.length === 0 ? null : Math.max(...measured)
  }
}
