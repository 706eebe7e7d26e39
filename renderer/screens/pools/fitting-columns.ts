/** Columns of a dense table: which of them fit, and the grid that they make. */

export interface FittingColumn {
  /** Least width in CSS pixels. */
  readonly widthPx: number
  /** Where there is no room for more, this will do; absent = no less than above. */
  readonly narrowPx?: number
  /** Share of the width that is left over; 0 = none. */
  readonly grow: number
  /** The smaller, the longer it stays. No two columns of a table have the same. */
  readonly priority: number
}

/**
 * Those that fit, in their order; the most important one is always among them. Before another
 * one is left out, those that can are narrowed.
 */
export function fittingColumns<Column extends FittingColumn>(
  columns: readonly Column[],
  widthPx: number
): readonly Column[] {
  let shown: readonly Column[] = []
  for (const one of columns.toSorted((a, b) => a.priority - b.priority)) {
    const more = [...shown, one]
    const isFirst = shown.length === 0
    if (isFirst || sumOf(more) <= widthPx) {
      shown = more
      continue
    }
    const narrowed = more.map((column) => ({ ...column, widthPx: narrowOf(column) }))
    if (sumOf(narrowed) <= widthPx && one.narrowPx !== undefined) shown = narrowed
    break
  }
  return columns.flatMap(({ priority }) => shown.find((one) => one.priority === priority) ?? [])
}

function narrowOf({ narrowPx, widthPx }: FittingColumn): number {
  return narrowPx ?? widthPx
}

function sumOf(columns: readonly FittingColumn[]): number {
  return columns.reduce((sum, { widthPx }) => sum + widthPx, 0)
}

/** For `grid-template-columns`. Rows are grids of their own, so no column may depend on content. */
export function gridTemplate(columns: readonly FittingColumn[]): string {
  return columns
    .map(({ widthPx, grow }) => (grow > 0 ? `minmax(${widthPx}px, ${grow}fr)` : `${widthPx}px`))
    .join(' ')
}
