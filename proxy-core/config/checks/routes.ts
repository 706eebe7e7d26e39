/** Routes that can never be taken. */
import { formatPath } from '../../model/config-problem.ts'
import { comparablePrefix } from '../../routing/path-normal-form.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

export function* checkRoutes(root: LooseNode): Generator<Finding> {
  const earlier = new Map<string, LooseNode[]>()
  for (const route of root.at('routes').items) {
    const key = matchKey(route)
    const rivals = earlier.get(key) ?? []
    const shadow = rivals.find((rival) => covers(rival, route))
    if (shadow !== undefined) {
      yield {
        code: 'CONFLICT',
        path: route.path,
        at: 'value',
        message: `This route is never taken: ${formatPath(shadow.path)} matches the same requests first.`,
        hint: 'Take one of them out, or tell them apart by host, path_prefix, methods or headers.'
      }
    }
    earlier.set(key, [...rivals, route])
  }
}

/** Equal for routes that match the same requests; listeners aside. */
function matchKey(route: LooseNode): string {
  const headers = route.at('headers')
  return JSON.stringify([
    normalHost(route.at('host').text ?? '*'),
    comparablePrefix(route.at('path_prefix').text ?? '/'),
    sorted(route.at('methods').items.map((method) => String(method.value).toUpperCase())),
    sorted(headers.keys.map((key) => `${key.toLowerCase()}: ${String(headers.at(key).value)}`))
  ])
}

/** Whether no request reaches `later` that `earlier` does not take before it. */
function covers(earlier: LooseNode, later: LooseNode): boolean {
  if (!earlier.has('listeners')) return true
  if (!later.has('listeners')) return false
  const names = new Set(earlier.at('listeners').items.map((item) => item.value))
  return later.at('listeners').items.every((item) => names.has(item.value))
}

function normalHost(host: string): string {
  const lower = host.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort()
}
