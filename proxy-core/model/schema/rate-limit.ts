/** How many requests may come in a time. */
import { DEFAULT_RATE_LIMIT_STATUS } from '../default-settings.ts'
import type { RateLimitKey } from '../settings.ts'
import { noun, option, required } from './option.ts'
import { count, duration } from './quantities.ts'
import { scalar, show, wrongType } from './scalar.ts'
import { fieldName, flag, name } from './words.ts'

const MOST_REQUESTS = 1_000_000
const SHORTEST_PERIOD_MS = 1000
const HEADER = 'header:'
const FIELD_NAME = fieldName()

export const rateLimitSchema = noun(
  'RateLimit',
  {
    requests: required(count({ min: 1, max: MOST_REQUESTS }), {
      effect: 'How many requests may pass in each `per`.',
      edge: 'It is a rate, by token bucket: 60 in `1m` is one a second, after a burst. Nothing is reset at the full minute.',
      example: 'requests: 100\nper: 1m'
    }),
    per: required(duration({ minMs: SHORTEST_PERIOD_MS }), {
      effect: 'The time that `requests` is counted in.',
      example: 'requests: 1000\nper: 1h'
    }),
    by: option(limitKey(), {
      effect:
        'Which requests are counted together: those of one client (`client_ip`), all of the route (`route`), or those with the same value of a field (`header:X-Api-Key`).',
      default: 'client_ip',
      edge: 'The client is the one that `trusted_proxies` tells; the IPv6 addresses of one /64 are one client. A request without the field is counted by its client. Whoever may invent values of the field is limited by nothing: put a limit by `client_ip` or `route` beside it.',
      example: 'by: header:X-Api-Key',
      see: ['listeners[].trusted_proxies']
    }),
    burst: option(count({ min: 1, max: MOST_REQUESTS }), {
      effect: 'How many requests may come at once, after a pause.',
      default: '`requests`',
      edge: 'In any time t at most `burst` + t × `requests` / `per` pass. 1 spaces them evenly.',
      example: 'burst: 20'
    }),
    status: option(status(), {
      effect: 'The status of a refusal.',
      default: String(DEFAULT_RATE_LIMIT_STATUS),
      edge: 'Retry-After says when a request will pass again.',
      example: 'status: 503'
    }),
    headers: option(flag(), {
      effect:
        'Whether answers carry the limit and what is left of it, as RateLimit-Policy and RateLimit.',
      default: 'true',
      edge: 'Fields of the same name from the backend stay beside it. Retry-After is always there.',
      example: 'headers: false'
    }),
    name: option(name(), {
      effect: 'The name of the limit in these fields and in metrics.',
      default: '`per`; with `by` behind it where two limits of the route have the same `per`',
      example: 'name: minute'
    })
  },
  {
    title: 'routes[].rate_limit',
    effect: 'A limit on the rate of requests, decided before anything is sent to a backend.',
    minimal: { requests: 100, per: '1m' },
    synonyms: {
      limit: 'requests',
      rate: 'requests',
      average: 'requests',
      window: 'per',
      period: 'per',
      key: 'by',
      limit_by: 'by',
      source: 'by',
      code: 'status',
      minute: 'per',
      hour: 'per',
      second: 'per'
    }
  }
)

function limitKey(): ReturnType<typeof scalar<RateLimitKey>> {
  const json = { type: 'string', pattern: '^(client_ip|route|header:.+)$' }
  return scalar<RateLimitKey>(
    { syntax: 'client_ip | route | header:<field name>', json },
    (value) => {
      if (typeof value !== 'string')
        return wrongType('client_ip, route or header:<field name>', value)
      if (value === 'client_ip' || value === 'route') return { value: { kind: value } }
      const header = value.startsWith(HEADER) ? value.slice(HEADER.length).trim() : ''
      if (FIELD_NAME.safeParse(header).success) {
        return { value: { kind: 'header', name: header.toLowerCase() } }
      }
      return {
        code: 'BAD_VALUE',
        message: `${show(value)} is not what requests can be counted by.`,
        hint: 'Use client_ip, route or header:<field name>, such as header:X-Api-Key.'
      }
    }
  )
}

function status(): ReturnType<typeof scalar<429 | 503>> {
  return scalar<429 | 503>({ syntax: '429 | 503', json: { enum: [429, 503] } }, (value) => {
    if (value === 429 || value === 503) return { value }
    return wrongType('429 (Too Many Requests) or 503 (Service Unavailable)', value)
  })
}
