/** The keys of a list that has the focus itself and marks one of its rows. */

const PAGE_ROWS = 15

export interface GridKeysParts {
  /** Moves the mark by so many rows, down or up; it stops at the ends. */
  move(rows: number): void
  count(): number
  /** Of this list alone. */
  readonly more?: Readonly<Record<string, () => void>>
}

/** A handler of `keydown`; what is pressed with a modifier is somebody else's. */
export function gridKeys({
  move,
  count,
  more = {}
}: GridKeysParts): (event: KeyboardEvent) => void {
  const keys: Readonly<Record<string, () => void>> = {
    Home: () => move(-count()),
    End: () => move(count()),
    PageUp: () => move(-PAGE_ROWS),
    PageDown: () => move(PAGE_ROWS),
    ...more
  }
  return (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
}
