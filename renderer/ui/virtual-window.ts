/** Which rows of a long list exist in the document. Every row has the same height. */

export interface VirtualWindow {
  /** Index of the first row that is rendered. */
  readonly first: number
  /** One after the last. */
  readonly end: number
}

/** Rows beyond the edges, so that a fast wheel and the Tab key find them. */
export const OVERSCAN_ROWS = 8

export function virtualWindow(
  count: number,
  rowPx: number,
  scrollTopPx: number,
  viewportPx: number
): VirtualWindow {
  if (count === 0 || rowPx <= 0) return { first: 0, end: 0 }
  const top = Math.max(0, Math.min(scrollTopPx, count * rowPx - viewportPx))
  const first = Math.max(0, Math.floor(top / rowPx) - OVERSCAN_ROWS)
  const end = Math.min(count, Math.ceil((top + viewportPx) / rowPx) + OVERSCAN_ROWS)
  return { first, end: Math.max(first, end) }
}

/** Where to scroll so that a row is in full view; the present place when it is already. */
export function scrollTopFor(
  index: number,
  rowPx: number,
  scrollTopPx: number,
  viewportPx: number
): number {
  const top = index * rowPx
  if (top < scrollTopPx) return top
  const bottom = top + rowPx
  return bottom > scrollTopPx + viewportPx ? bottom - viewportPx : scrollTopPx
}
