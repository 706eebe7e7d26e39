/** Routes as they are written: which requests they take, and what becomes of those. */
import { DraftMap } from '../draft-map.ts'
import { find } from './component.ts'
import type { Division } from './partition.ts'
import type { Member, PoolUnit } from './pool-unit.ts'
import type { RoutePlan } from './route-plan.ts'
import type { SinkSettings } from './sink-settings.ts'
import type { StoreWish } from './sink-buffer.ts'
import { lineComment, type Translation } from './translation.ts'

export function draftRoutes(
  unit: PoolUnit,
  names: { readonly pool: string; readonly route: string },
  { store, rateLimit }: SinkSettings,
  translation: Translation
): readonly DraftMap[] {
  const byMatch = Map.groupBy(unit.plans, (plan) => JSON.stringify(matchOf(plan)))
  return [...byMatch.values()].map((plans, at) => {
    const name = at === 0 ? names.route : translation.nameFor('route', unit.id)
    const route = new DraftMap(`routes[${name}]`)
    route.set('name', name)
    draftMatch(unit, plans, route, translation)
    route.set('pool', names.pool)
    draftRewrite(unit.members[0]!, plans[0]!, route)
    if (rateLimit !== null) route.set('rate_limit', rateLimit)
    if (store !== null) route.set('buffer', storeOf(store, unit.division))
    return route
  })
}

function draftMatch(
  { members }: PoolUnit,
  plans: readonly RoutePlan[],
  route: DraftMap,
  translation: Translation
): void {
  const inputs = members.flatMap(({ sink }) => find(sink.table, 'inputs') ?? [])
  for (const entry of inputs) {
    if (!translation.ledger.has(entry))
      translation.ledger.translated(entry, route.pathOf('listeners'))
  }
  const listeners = [...new Set(plans.map(({ listener }) => listener.name))]
  route.set('listeners', listeners, inputs.length === 0 ? null : lineComment(...inputs))
  const [{ listener, headers, path, conditions }] = plans as [RoutePlan]
  const said = conditions.length === 0 ? null : lineComment(...conditions)
  if (path !== null) route.set('path_prefix', path, said)
  else if (listener.path !== null) {
    translation.put(route, 'path_prefix', listener.path.text, listener.path.entry)
  }
  if (listener.method !== null) {
    translation.put(route, 'methods', [listener.method.text], listener.method.entry)
  }
  if (Object.keys(headers).length > 0) {
    const fields = route.child('headers', said)
    for (const [name, value] of Object.entries(headers)) fields.set(name, value)
  }
  for (const condition of plans.flatMap((plan) => plan.conditions)) {
    translation.ledger.translated(condition, route.path, {
      why: 'Of several routes that take a request, the most specific one gets it.'
    })
  }
}

/** Vector sends to the path of the URI, whatever the client asked for. */
function draftRewrite({ target }: Member, { path, listener }: RoutePlan, route: DraftMap): void {
  if (target.path !== null) {
    route.child('rewrite').set('prefix', target.path, lineComment(target.entry))
  } else if (path !== null || listener.path !== null) {
    route.set('strip_prefix', true, 'Vector sends to / of the backend')
  }
}

function storeOf({ draft }: StoreWish, division: Division | null): DraftMap {
  const buffer = new DraftMap(draft.path)
  buffer.adopt(draft)
  if (division !== null) {
    buffer.set('key', division.key, 'requests of one key are delivered in order')
  }
  return buffer
}

function matchOf({ path, headers, listener }: RoutePlan): readonly unknown[] {
  return [path, headers, listener.path?.text, listener.method?.text]
}
