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
  // Unnamed routes are numbered, so one that is put in renumbers the others: content comes first.
  for (const is of now) {
    const same = rest.findIndex((was) => isSame({ ...was, name: '' }, { ...is, name: '' }))
    if (same === -1) fresh.push(is)
    else rest.splice(same, 1)
  }
  const sentences = fresh.flatMap((is) => {
    const known = rest.findIndex((was) => isSameMatch(was, is) || isSameName(was, is))
    if (known === -1) return [`A route is added: ${matchOf(is)} goes to ${is.pool}`]
    const [was] = rest.splice(known, 1)
    return changesOf(was!, is)
  })
  const removed = rest.map((was) => `The route of ${matchOf(was)} to ${was.pool} is removed`)
  return [...sentences, ...removed]
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
  return optionChanges(was, is, ['name', 'host']).map((change) => changeSentence(subject, change))
}

/** "*.example.test/api", "GET, POST /". */
function matchOf({ host, pathPrefix, methods, headers }: RouteSettings): string {
  const fields = headers.map(({ name, value }) => {
    return `${name}: ${isSensitiveField(name) ? MASKED : value}`
  })
  const method = methods.length > 0 ? `${methods.join(', ')} ` : ''
  const condition = fields.length > 0 ? ` with ${fields.join(', ')}` : ''
  return `${method}${hostOf(host)}${pathPrefix}${condition}`
}

function hostOf(host: HostPattern): string {
  if (host.kind === 'any') return ''
  return host.kind === 'exact' ? host.host : `*${host.suffix}`
}
