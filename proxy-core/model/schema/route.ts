/** Which requests go to which pool. */
import { z } from 'zod'
import { DEFAULT_BODY_LIMIT_BYTES, DEFAULT_ROUTE_TIMEOUTS } from '../default-settings.ts'
import { formatDuration, formatSize } from '../units.ts'
import { hostPattern, pathPrefix } from './addresses.ts'
import { algorithm } from './algorithm.ts'
import { routeBufferSchema } from './buffer.ts'
import { noun, option, required } from './option.ts'
import { duration, size } from './quantities.ts'
import { rateLimitSchema } from './rate-limit.ts'
import { routeRetrySchema } from './retry.ts'
import { fields, flag, method, name } from './words.ts'

const MAX_BODY = 2 ** 50

export const routeTimeoutOptions = {
  head: option(duration(), {
    effect: 'How long a request of this route waits for the head of the response.',
    default: `${formatDuration(DEFAULT_ROUTE_TIMEOUTS.headMs)}: \`response_head\` of the pool decides`,
    edge: 'Then 504.',
    example: 'head: 10s',
    see: ['pools[].timeouts.response_head']
  }),
  idle: option(duration(), {
    effect: 'How long a body or an upgraded connection may go without a byte in either direction.',
    default: formatDuration(DEFAULT_ROUTE_TIMEOUTS.idleMs),
    edge: '`0` never cuts. WebSockets without their own pings need more than the default.',
    example: 'idle: 5m'
  }),
  total: option(duration(), {
    effect: 'How long the whole exchange may take, from the request head on.',
    default: `${formatDuration(DEFAULT_ROUTE_TIMEOUTS.totalMs)}: no limit`,
    edge: 'Cuts long downloads too.',
    example: 'total: 30s'
  })
}

const routeTimeoutsSchema = noun('RouteTimeouts', routeTimeoutOptions, {
  title: 'routes[].timeouts',
  effect: 'How long an exchange of this route may take.',
  minimal: {},
  synonyms: { response: 'head', response_head: 'head', request: 'total' }
})

const rewriteSchema = noun(
  'Rewrite',
  {
    prefix: required(pathPrefix(), {
      effect: 'Replaces `path_prefix` at the front of the path that the backend sees.',
      edge: '`/` takes the prefix away, as `strip_prefix` does. The query stays as it is.',
      example: 'prefix: /v1'
    })
  },
  { title: 'routes[].rewrite', effect: 'Changes the path on its way.', minimal: { prefix: '/v1' } }
)

const loadBalancingSchema = noun(
  'LoadBalancing',
  {
    method: required(algorithm(), {
      effect: 'The algorithm of the pool, written at the route as in VeloFlux.',
      edge: 'Sets the algorithm of a pool that writes none. An algorithm belongs to a pool, so one that differs from the pool or from another route is a conflict.',
      example: 'method: failover',
      see: ['pools[].algorithm']
    })
  },
  {
    title: 'routes[].load_balancing',
    effect:
      'Accepted for files that were written for VeloFlux; `pools[].algorithm` is the better place.',
    minimal: { method: 'failover' },
    synonyms: { algorithm: 'method' }
  }
)

const match = {
  listeners: option(z.array(name()).min(1), {
    effect: 'The listeners whose requests this route takes.',
    default: 'all',
    example: 'listeners: [web]'
  }),
  host: option(hostPattern(), {
    effect: 'The host of the request: a name, or `*.` and a suffix.',
    default: 'any host',
    edge: 'An exact name wins over a suffix, a longer suffix over a shorter one. `*.example.test` does not take `example.test` itself. The port of the request does not matter.',
    example: 'host: "*.example.test"'
  }),
  path_prefix: option(pathPrefix(), {
    effect:
      'The front of the path, up to a segment boundary: `/api` takes `/api` and `/api/x`, not `/apix`.',
    default: '/',
    edge: 'The longest prefix wins. A slash at the end makes no difference.',
    example: 'path_prefix: /api'
  }),
  methods: option(z.array(method()).min(1), {
    effect: 'The methods that this route takes.',
    default: 'any method',
    example: 'methods: [GET, HEAD]'
  }),
  headers: option(fields(), {
    effect: 'Fields that the request must carry, each with exactly this value.',
    default: 'none',
    edge: 'Names are compared without case, values with it. Among routes of one host and prefix, the one with the most conditions wins.',
    example: 'headers: { x-team: blue }'
  })
}

export const routeSchema = noun(
  'Route',
  {
    name: option(name(), {
      effect: 'The name of the route in logs and messages.',
      default: 'its place in the file, such as `routes[3]`',
      example: 'name: api'
    }),
    ...match,
    pool: required(name(), {
      effect: 'The pool that answers.',
      example: 'pool: api'
    }),
    strip_prefix: option(flag(), {
      effect: 'Takes `path_prefix` off the path that the backend sees: `/api/x` becomes `/x`.',
      default: 'false',
      edge: 'Beside `rewrite`, that decides what comes in its place.',
      example: 'path_prefix: /api\nstrip_prefix: true'
    }),
    rewrite: option(rewriteSchema, {
      effect: 'Replaces `path_prefix` by another prefix.',
      default: 'the path goes out as it came in',
      edge: 'The same with and without `strip_prefix`.',
      example: 'path_prefix: /api\nrewrite: { prefix: /v1 }'
    }),
    access_log: option(flag(), {
      effect: 'Whether exchanges of this route are logged, where the listener logs.',
      default: 'true',
      example: 'access_log: false',
      see: ['listeners[].access_log']
    }),
    body_limit: option(size({ min: 0, max: MAX_BODY }), {
      effect: 'The largest request body.',
      default: `${formatSize(DEFAULT_BODY_LIMIT_BYTES)}: no limit`,
      unit: 'bytes',
      edge: 'A larger one is answered with 413, before it is read where its length is announced.',
      example: 'body_limit: 100MB'
    }),
    timeouts: option(routeTimeoutsSchema, {
      effect: 'How long an exchange may take.',
      default: '`defaults.timeouts`, else see there',
      example: 'timeouts: { total: 30s }'
    }),
    rate_limit: option(z.union([rateLimitSchema, z.array(rateLimitSchema).min(1)]), {
      effect:
        'How many requests a client, or all of them, may make in a time: one limit or a list of them.',
      default: 'no limit',
      edge: 'Of a list, a request must be let through by every limit; a refused one is counted by none. Each engine process counts for itself: behind replicas a client gets the limit of each.',
      example: 'rate_limit:\n  - { requests: 100, per: 1m }\n  - { requests: 1000, per: 1h }',
      see: ['listeners[].trusted_proxies']
    }),
    retry: option(routeRetrySchema, {
      effect: 'Tries requests of this route again, other than the pool does.',
      default: '`retry` of the pool',
      edge: '`attempts: 1` switches retries of this route off.',
      example: 'retry: { attempts: 1 }',
      see: ['pools[].retry']
    }),
    buffer: option(routeBufferSchema, {
      effect:
        'Lets requests of this route wait for a backend that comes back, other than the pool.',
      default: '`buffer` of the pool',
      example: 'buffer: { mode: hold, timeout: 30s }',
      see: ['pools[].buffer']
    }),
    load_balancing: option(loadBalancingSchema, {
      effect: 'Sets the algorithm of the pool.',
      default: 'the algorithm of the pool',
      example: 'load_balancing: { method: failover }'
    })
  },
  {
    title: 'routes[]',
    effect:
      'Sends the requests that it matches to a pool. The most specific route wins; order matters only among equals.',
    minimal: { pool: 'api' },
    synonyms: {
      path: 'path_prefix',
      prefix: 'path_prefix',
      hosts: 'host',
      method: 'methods',
      backend: 'pool',
      upstream: 'pool',
      service: 'pool',
      max_body: 'body_limit'
    }
  }
)
