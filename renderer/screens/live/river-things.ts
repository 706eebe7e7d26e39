/** From a thing of the river to its numbers and to its place in the inspector. */
import type { TrafficRates } from '../../../proxy-core/model/traffic-row.ts'
import type { RateScope } from '../../state/live-board.ts'
import type { LiveModel } from '../../state/live-model.svelte.ts'
import type { Selected } from '../../state/selection.svelte.ts'
import type { RiverThing } from './river-layout.ts'

/** `text` changes twice a second, `drawn` four times. */
export function ratesFor(
  live: LiveModel,
  thing: RiverThing,
  use: 'text' | 'drawn'
): TrafficRates | null {
  const scope = scopeOf(thing)
  return use === 'text' ? live.rates(...scope) : live.currentRates(...scope)
}

function scopeOf(thing: RiverThing): RateScope {
  if (thing.kind === 'listener') return ['listener', thing.listener]
  if (thing.kind === 'pool') return ['pool', thing.pool]
  return ['backend', thing.pool, thing.backend]
}

/** null: the inspector has nothing to say about a listener. */
export function selectionOf(thing: RiverThing): Selected | null {
  return thing.kind === 'listener' ? null : thing
}

/** From nowhere (-1) the first or the last; never beyond either end. */
export function steppedIndex(index: number, rows: number, count: number): number {
  if (index === -1) return rows > 0 ? 0 : count - 1
  return Math.min(count - 1, Math.max(0, index + rows))
}
