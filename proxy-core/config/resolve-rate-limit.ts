/** The limits of a route with every default applied. */
import type { RouteDocument } from '../model/config-schema.ts'
import { DEFAULT_RATE_LIMIT_KEY, DEFAULT_RATE_LIMIT_STATUS } from '../model/default-settings.ts'
import type { RateLimitKey, RateLimitSettings } from '../model/settings.ts'
import { formatDuration } from '../model/units.ts'

type Written = NonNullable<RouteDocument['rate_limit']>

export function resolveRateLimits(written: Written | undefined): readonly RateLimitSettings[] {
  if (written === undefined) return []
  const limits = Array.isArray(written) ? written : [written]
  return limits.map((limit) => {
    const { requests, per, by = DEFAULT_RATE_LIMIT_KEY } = limit
    const isAlone = limits.filter((other) => other.per === per).length === 1
    return {
      name: limit.name ?? (isAlone ? formatDuration(per) : `${formatDuration(per)}/${keyText(by)}`),
      requests,
      perMs: per,
      burst: limit.burst ?? requests,
      by,
      status: limit.status ?? DEFAULT_RATE_LIMIT_STATUS,
      hasFields: limit.headers ?? true
    }
  })
}

/** As it is written in a configuration. */
export function keyText(by: RateLimitKey): string {
  return by.kind === 'header' ? `header:${by.name}` : by.kind
}
