/** Limits that another limit of their route makes superfluous. */
import type { ConfigPath } from '../model/config-problem.ts'
import type { ConfigDocument } from '../model/config-schema.ts'
import type { EngineSettings, RateLimitSettings } from '../model/settings.ts'
import type { Finding } from './finding.ts'
import { keyText } from './resolve-rate-limit.ts'

export function* lintRateLimits(
  document: ConfigDocument,
  { routes }: EngineSettings
): Generator<Finding> {
  for (const [index, route] of routes.entries()) {
    const base: ConfigPath = ['routes', index, 'rate_limit']
    const isList = Array.isArray(document.routes?.[index]?.rate_limit)
    for (const [place, limit] of route.rateLimits.entries()) {
      const first = route.rateLimits.find(
        // Of two that cover each other the earlier one counts.
        (other, at) => at !== place && covers(other, limit) && (at < place || !covers(limit, other))
      )
      if (first === undefined) continue
      yield {
        code: 'UNREACHED_LIMIT',
        path: isList ? [...base, place] : base,
        at: 'value',
        message: `This limit refuses nothing: ${described(first)} refuses before it does.`,
        hint: 'Take it out, or make one of them larger.'
      }
    }
  }
}

/**
 * Whether `other` refuses whatever `limit` would: its bucket is no larger, gains no faster, and is
 * shared by at least the same requests.
 */
function covers(other: RateLimitSettings, limit: RateLimitSettings): boolean {
  const isWider = other.by.kind === 'route' || keyText(other.by) === keyText(limit.by)
  const isSlower = other.requests * limit.perMs <= limit.requests * other.perMs
  return isWider && isSlower && other.burst <= limit.burst
}

function described({ name, requests, by }: RateLimitSettings): string {
  return `\`${name}\` (${requests} by ${keyText(by)})`
}
