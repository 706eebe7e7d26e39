/** Limits of one route that cannot stand beside each other, or hold more than a bucket can. */
import { rateLimitSchema } from '../../model/schema/rate-limit.ts'
import type { RateLimitSettings } from '../../model/settings.ts'
import { formatDuration, MAX_DURATION_MS } from '../../model/units.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'
import { keyText, resolveRateLimits } from '../resolve-rate-limit.ts'

export function* checkRateLimits(root: LooseNode): Generator<Finding> {
  for (const route of root.at('routes').items) {
    const written = route.at('rate_limit')
    const nodes = written.isMapping ? [written] : written.items
    const parsed = nodes.map((node) => rateLimitSchema.safeParse(node.value))
    const documents = parsed.flatMap((one) => (one.success ? [one.data] : []))
    // What is misspelt has its own problem, and changes the names of the others.
    if (documents.length < nodes.length) continue
    const limits = resolveRateLimits(documents)
    yield* checkNames(nodes, limits)
    for (const [index, node] of nodes.entries()) yield* checkBurst(node, limits[index]!)
  }
}

function* checkNames(
  nodes: readonly LooseNode[],
  limits: readonly RateLimitSettings[]
): Generator<Finding> {
  for (const [index, limit] of limits.entries()) {
    const earlier = limits.slice(0, index).find(({ name }) => name === limit.name)
    if (earlier === undefined) continue
    const node = nodes[index]!
    const isNamed = node.has('name')
    const period = formatDuration(limit.perMs)
    yield {
      code: isNamed ? 'DUPLICATE' : 'CONFLICT',
      path: isNamed ? node.at('name').path : node.path,
      at: 'value',
      message: isNamed
        ? `Another limit of this route is named ${JSON.stringify(limit.name)} already.`
        : `Two limits of this route count by ${keyText(limit.by)} in ${period}: ${earlier.requests} and ${limit.requests} requests.`,
      hint: isNamed ? null : 'Keep the one that is meant, or give them names.'
    }
  }
}

/** A longer time could not be counted to the nanosecond. */
function* checkBurst(node: LooseNode, limit: RateLimitSettings): Generator<Finding> {
  const fillMs = (limit.burst * limit.perMs) / limit.requests
  if (fillMs <= MAX_DURATION_MS) return
  const most = Math.floor((MAX_DURATION_MS * limit.requests) / limit.perMs)
  yield {
    code: 'OUT_OF_RANGE',
    path: node.at('burst').path,
    at: 'value',
    message: `A burst of ${limit.burst} takes longer than ${formatDuration(MAX_DURATION_MS)} to come back at ${limit.requests} in ${formatDuration(limit.perMs)}.`,
    hint: `Use at most ${Math.max(1, most)}.`
  }
}
