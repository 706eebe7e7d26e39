/** What the operator looks at. One thing in the whole console; the inspector shows it. */

export type Selected =
  | { readonly kind: 'backend'; readonly pool: string; readonly backend: string }
  | { readonly kind: 'pool'; readonly pool: string }
  | { readonly kind: 'request'; readonly seq: number }
  | { readonly kind: 'event'; readonly seq: number }
  | { readonly kind: 'incident'; readonly id: number }

export class Selection {
  current = $state.raw<Selected | null>(null)

  select(selected: Selected): void {
    if (!isSame(this.current, selected)) this.current = selected
  }

  clear(): void {
    this.current = null
  }

  /** For rows: whether this thing is the selected one. */
  is(selected: Selected): boolean {
    return isSame(this.current, selected)
  }

  /** The pool that is selected, itself or through one of its backends. */
  get pool(): string | null {
    const { current } = this
    return current?.kind === 'pool' || current?.kind === 'backend' ? current.pool : null
  }

  get backend(): { readonly pool: string; readonly backend: string } | null {
    return this.current?.kind === 'backend' ? this.current : null
  }
}

function isSame(one: Selected | null, other: Selected | null): boolean {
  return one === other || (one !== null && other !== null && keyOf(one) === keyOf(other))
}

function keyOf(selected: Selected): string {
  return JSON.stringify(Object.entries(selected).sort())
}
