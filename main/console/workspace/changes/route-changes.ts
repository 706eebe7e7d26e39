/** What changes for the routes, as sentences. */
import { isSensitiveField } from '../../../../proxy-core/model/sensitive-field.ts'
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import type { HostPattern, RouteSettings } from '../../../../proxy-core/model/settings.ts'
import { changeSentence, isSame, optionChanges } from './option-changes.ts'

export function routeChanges(
  before: readonly RouteSettings[],
  now: readonly RouteSettings[]
): readonly string[] {
  const rest = [...before]
  const fresh: RouteSettings[] = []
  const places = new Map<RouteSettings, number>()
  // Unnamed routes are numbered, so one that is put in renumbers the others: content comes first.
  for (const is of now) {
    const same = rest.findIndex((was) => isSame({ ...was, name: '' }, { ...is, name: '' }))
    if (same === -1) fresh.push(is)
    else places.set(is, before.indexOf(rest.splice(same, 1)[0]!))
  }
  const sentences = fresh.flatMap((is) => {
    const known = rest.findIndex((was) => isSameMatch(was, is) || isSameName(was, is))
    if (known === -1) return [`A route is added: ${matchOf(is)} goes to ${is.pool}`]
    const [was] = rest.splice(known, 1)
    if (isSameMatch(was!, is)) places.set(is, before.indexOf(was!))
    return changesOf(was!, is)
  })
  const removed = rest.map((was) => `The route of ${matchOf(was)} to ${was.pool} is removed`)
  return [...sentences, ...removed, ...orderChanges(now, places)]
}

/**
 * Of routes that are equally specific the first one takes a request that both match
 * (`routing/route-conditions.ts`), so their order is no matter of style. `places` has where each
 * was before; one that matches anew was nowhere.
 */
function orderChanges(
  now: readonly RouteSettings[],
  places: ReadonlyMap<RouteSettings, number>
): readonly string[] {
  const placeOf = (route: RouteSettings): number => places.get(route) ?? Number.POSITIVE_INFINITY
  return now.flatMap((is, at) => {
    const overtaken = now
      .slice(at + 1)
      .filter((other) => placeOf(other) < placeOf(is) && mayMeet(is, other))
      .map((other) => `${matchOf(other)} to ${other.pool}`)
    if (overtaken.length === 0) return []
    const first = `${matchOf(is)} to ${is.pool}`
    return [`The order of routes changes: ${first} is taken before ${overtaken.join(', ')}`]
  })
}

/** Whether one request can match both, and neither is more specific. */
function mayMeet(one: RouteSettings, other: RouteSettings): boolean {
  return (
    isSame(one.host, other.host) &&
    one.pathPrefix === other.pathPrefix &&
    conditionCount(one) === conditionCount(other) &&
    overlaps(one.listeners, other.listeners) &&
    overlaps(one.methods, other.methods) &&
    one.headers.every(({ name, value }) =>
      other.headers.every((header) => header.name !== name || header.value === value)
    )
  )
}

function conditionCount({ headers, methods }: RouteSettings): number {
  return headers.length + (methods.length > 0 ? 1 : 0)
}

/** Empty lists mean all. */
function overlaps(one: readonly string[], other: readonly string[]): boolean {
  return one.length === 0 || other.length === 0 || one.some((entry) => other.includes(entry))
}

/** Names that the operator gave; the others are positions. */
function isSameName(was: RouteSettings, is: RouteSettings): boolean {
  return was.name === is.name && !/^routes\[\d+\]$/.test(is.name)
}

function isSameMatch(was: RouteSettings, is: RouteSettings): boolean {
  return matchOf(was) === matchOf(is) && isSame(was.headers, is.headers)
}

function changesOf(was: RouteSettings, is: RouteSettings): readonly string[] {
  const subject = `Route of ${matchOf(is)}`
  const host = isSame(was.host, is.host)
    ? []
    : [{ name: 'host', from: hostWord(was), to: hostWord(is) }]
  const changes = [...host, ...optionChanges(byName(was), byName(is), ['name', 'host'])]
  return changes.map((change) => changeSentence(subject, change))
}

/** With its conditions on fields as a record: by their names secrets are known. */
function byName(route: RouteSettings): object {
  const headers = Object.fromEntries(route.headers.map(({ name, value }) => [name, value]))
  return { ...route, headers }
}

function hostWord({ host }: RouteSettings): string {
  return hostOf(host) || 'any'
}

/** "*.example.test/api", "GET, POST /", "/ on admin". */
function matchOf({ host, pathPrefix, methods, headers, listeners }: RouteSettings): string {
  const fields = headers.map(({ name, value }) => {
    return `${name}: ${isSensitiveField(name) ? MASKED : value}`
  })
  const method = methods.length > 0 ? `${methods.join(', ')} ` : ''
  const condition = fields.length > 0 ? ` with ${fields.join(', ')}` : ''
  const place = listeners.length > 0 ? ` on ${listeners.join(', ')}` : ''
  return `${method}${hostOf(host)}${pathPrefix}${condition}${place}`
}

function hostOf(host: HostPattern): string {
  if (host.kind === 'any') return ''
  return host.kind === 'exact' ? host.host : `*${host.suffix}`
}
