/**
 * What can be lost so that users are served worse: the reasons for which an incident opens and
 * without all of which it ends.
 */

export type Capacity =
  | { readonly kind: 'backend'; readonly pool: string; readonly backend: string }
  /** No eligible backend. */
  | { readonly kind: 'pool'; readonly pool: string }
  /** The primaries: backups serve. */
  | { readonly kind: 'primaries'; readonly pool: string }
  | { readonly kind: 'engine' }
  /** Answers without errors. null: of all listeners together. */
  | { readonly kind: 'answers'; readonly pool: string | null }

/** What one event took away and gave back. */
export interface CapacityChange {
  readonly lost: readonly Capacity[]
  readonly back: readonly Capacity[]
}

export const NO_CHANGE: CapacityChange = { lost: [], back: [] }

export function losing(...lost: readonly Capacity[]): CapacityChange {
  return { lost, back: [] }
}

export function regaining(...back: readonly Capacity[]): CapacityChange {
  return { lost: [], back }
}

/** `lost` after a change, without duplicates. */
export function lostAfter(lost: readonly Capacity[], change: CapacityChange): readonly Capacity[] {
  const byKey = new Map(lost.map((one) => [keyOf(one), one]))
  for (const one of change.back) byKey.delete(keyOf(one))
  for (const one of change.lost) byKey.set(keyOf(one), one)
  return [...byKey.values()]
}

function keyOf(capacity: Capacity): string {
  switch (capacity.kind) {
    case 'backend':
      return JSON.stringify([capacity.kind, capacity.pool, capacity.backend])
    case 'engine':
      return capacity.kind
    case 'pool':
    case 'primaries':
    case 'answers':
      return JSON.stringify([capacity.kind, capacity.pool])
  }
}
