/** A group of servers that answer the same requests. */
import { z } from 'zod'
import {
  DEFAULT_ALGORITHM,
  DEFAULT_POOL_CONNECTIONS,
  DEFAULT_QUEUE,
  DEFAULT_SLOW_START_MS,
  DEFAULT_UPSTREAM_CONNECTIONS,
  DEFAULT_UPSTREAM_TIMEOUTS
} from '../default-settings.ts'
import { formatDuration } from '../units.ts'
import { adaptiveConcurrencySchema } from './adaptive-concurrency.ts'
import { algorithm } from './algorithm.ts'
import { backendSchema } from './backend.ts'
import { poolBufferSchema } from './buffer.ts'
import { circuitBreakerSchema } from './circuit-breaker.ts'
import { fallbackSchema } from './fallback.ts'
import { hashSchema } from './hash.ts'
import { healthCheckOrNone } from './health-check.ts'
import { noun, option, required } from './option.ts'
import { outlierSchema } from './outlier.ts'
import { partitionSchema } from './partition.ts'
import { poolFailoverSchema } from './pool-failover.ts'
import { count, duration } from './quantities.ts'
import { retrySchema } from './retry.ts'
import { stickySchema } from './sticky.ts'
import { upstreamTlsSchema } from './tls.ts'
import { name, text } from './words.ts'

const MAX_CONNECTIONS = 1_000_000

export const poolTimeoutOptions = {
  connect: option(duration(), {
    effect: 'How long a connection to a backend may take, TLS included.',
    default: formatDuration(DEFAULT_UPSTREAM_TIMEOUTS.connectMs),
    edge: '`0` leaves it to the operating system, which may take minutes.',
    example: 'connect: 500ms'
  }),
  response_head: option(duration(), {
    effect: 'How long a backend may take to begin its response after the request was sent.',
    default: formatDuration(DEFAULT_UPSTREAM_TIMEOUTS.responseHeadMs),
    edge: 'Then 504. `0` waits for ever, also for a frozen backend.',
    example: 'response_head: 10s',
    see: ['routes[].timeouts.head']
  })
}

const poolTimeoutsSchema = noun('PoolTimeouts', poolTimeoutOptions, {
  title: 'pools[].timeouts',
  effect: 'How long the proxy waits for a backend.',
  minimal: {},
  synonyms: {
    connection: 'connect',
    head: 'response_head',
    server: 'response_head',
    read: 'response_head'
  }
})

const connectionsSchema = noun(
  'UpstreamConnections',
  {
    max_age: option(duration(), {
      effect: 'A connection older than this is closed instead of being used again.',
      default: formatDuration(DEFAULT_UPSTREAM_CONNECTIONS.maxAgeMs),
      edge: '`0` sets no age. Lower it where backends are replaced behind one name.',
      example: 'max_age: 10m'
    }),
    idle_timeout: option(duration(), {
      effect: 'A connection unused for this long is closed.',
      default: formatDuration(DEFAULT_UPSTREAM_CONNECTIONS.idleTimeoutMs),
      edge: '`0` keeps it until the backend closes it. Choose less than the keep-alive timeout of the backend.',
      example: 'idle_timeout: 4s'
    }),
    max_idle: option(count({ min: 0, max: MAX_CONNECTIONS }), {
      effect: 'Idle connections that are kept for each backend.',
      default: String(DEFAULT_UPSTREAM_CONNECTIONS.maxIdle),
      edge: '`0` uses each connection for one request.',
      example: 'max_idle: 32'
    })
  },
  {
    title: 'pools[].connections',
    effect: 'How connections to backends are kept and renewed.',
    minimal: {},
    synonyms: { idle: 'max_idle', keepalive: 'max_idle', max_idle_connections: 'max_idle' }
  }
)

const queueSchema = noun(
  'Queue',
  {
    size: option(count({ min: 0, max: MAX_CONNECTIONS }), {
      effect: 'Requests that may wait while every eligible backend is at its `max_connections`.',
      default: String(DEFAULT_QUEUE.size),
      edge: '`0` answers them with 503 at once, and so does a full queue.',
      example: 'size: 100'
    }),
    timeout: option(duration(), {
      effect: 'How long a request may wait.',
      default: formatDuration(DEFAULT_QUEUE.timeoutMs),
      edge: 'Then 503. `0` sets no limit.',
      example: 'timeout: 2s'
    })
  },
  { title: 'pools[].queue', effect: 'Requests that wait for a free slot.', minimal: {} }
)

/** How a pool deals with backends that fail; `defaults` has them too. */
export const judgementOptions = {
  retry: option(retrySchema, {
    effect: 'Tries a request again that a backend could not answer.',
    default:
      '`defaults.retry`, else only what is safe without asking: nothing was sent yet, a reused connection turned out closed, or the backend was marked down under an idempotent request',
    edge: 'Its presence switches retries on. A route overrides single keys of it.',
    example: 'retry: { on: [connect_failure, reset, 502, 503], attempts: 3 }',
    see: ['routes[].retry']
  }),
  outlier: option(outlierSchema, {
    effect: 'Takes a backend out whose answers to real requests fail.',
    default: '`defaults.outlier`, else off',
    example: 'outlier: { consecutive_failures: 5, base_ejection: 10s }'
  }),
  circuit_breaker: option(circuitBreakerSchema, {
    effect: 'Stops asking a backend that keeps failing, and tries it again after a while.',
    default: '`defaults.circuit_breaker`, else off',
    example: 'circuit_breaker: { failure_threshold: 5, recovery_timeout: 60s }'
  })
}

export const poolSchema = noun(
  'Pool',
  {
    name: required(name(), {
      effect: 'The name of the pool in routes, metrics and the admin API.',
      example: 'name: api'
    }),
    algorithm: option(algorithm(), {
      effect:
        'How a backend is chosen among the eligible ones. `round_robin` and `weighted_round_robin` are one; so are `least_conn` and `least_connections`, `ip_hash` and `source`, and `adaptive` and `peak_ewma`. `hash` and `partition` go by a key of the request, `adaptive` by the latency that was observed; `first` fills the backends in the order of the file. `failover` is round robin within the level that serves.',
      default: DEFAULT_ALGORITHM,
      edge: 'Levels hold with every algorithm. `hash` needs `hash.key`, `partition` needs `partition.key`, `first` fills what `max_connections` limits.',
      example: 'algorithm: least_conn',
      see: ['pools[].hash', 'pools[].partition', 'pools[].backends[].failover_level']
    }),
    hash: option(hashSchema, {
      effect: 'How requests are spread by a key.',
      default: 'none; `algorithm: hash` needs it',
      example: 'algorithm: hash\nhash: { key: "header:x-case-id", load_bound: 125% }',
      see: ['pools[].algorithm']
    }),
    partition: option(partitionSchema, {
      effect: 'How keys are divided among backends.',
      default: 'none; `algorithm: partition` needs it',
      example: 'algorithm: partition\npartition: { key: "header:x-process-id", count: 3 }',
      see: ['pools[].algorithm']
    }),
    backends: option(z.array(backendSchema), {
      effect: 'The servers of the pool.',
      default: 'none: requests are answered with 503',
      example:
        'backends:\n  - { address: "10.0.0.1:80" }\n  - { address: "10.0.1.1:80", failover: true }'
    }),
    health_check: option(healthCheckOrNone, {
      effect:
        'Probes of the backends of this pool. Each key overrides the same key of `defaults.health_check`.',
      default:
        '`defaults.health_check`; else, in a pool with levels, a TCP probe every `failover.check_interval`; else none, and every backend counts as up',
      edge: '`false` switches probes of this pool off.',
      example: 'health_check: { path: /health, interval: 3s }',
      see: ['failover.check_interval', 'defaults.health_check']
    }),
    timeouts: option(poolTimeoutsSchema, {
      effect: 'How long the proxy waits for a backend.',
      default: '`defaults.timeouts`, else see there',
      example: 'timeouts: { connect: 500ms, response_head: 10s }'
    }),
    tls: option(upstreamTlsSchema, {
      effect: 'Makes connections to backends speak TLS.',
      default: 'plain HTTP',
      example: 'tls: { ca: ca.pem, server_name: api.internal }'
    }),
    connections: option(connectionsSchema, {
      effect: 'How connections to backends are kept and renewed.',
      default: 'see there',
      example: 'connections: { max_age: 10m, idle_timeout: 4s }'
    }),
    max_connections: option(count({ min: 0, max: MAX_CONNECTIONS }), {
      effect: 'Requests in flight to each backend at one time.',
      default: `${String(DEFAULT_POOL_CONNECTIONS)}: no limit`,
      edge: 'A backend can set its own. Further requests wait in the queue.',
      example: 'max_connections: 200',
      see: ['pools[].queue', 'pools[].backends[].max_connections']
    }),
    queue: option(queueSchema, {
      effect: 'Requests that wait for a free slot.',
      default: 'see there',
      example: 'queue: { size: 100, timeout: 2s }'
    }),
    ...judgementOptions,
    fallback: option(fallbackSchema, {
      effect: 'What clients get when no backend can take their request.',
      default: 'a plain 503 with `Retry-After`',
      example: 'fallback: { status: 503, body: "back soon" }'
    }),
    adaptive_concurrency: option(adaptiveConcurrencySchema, {
      effect: 'Limits the requests in flight to each backend by its latency.',
      default: 'off',
      example: 'adaptive_concurrency: { min: 4, max: 200 }',
      see: ['pools[].max_connections', 'pools[].queue']
    }),
    slow_start: option(duration(), {
      effect:
        'How long a backend that has come back gets less than its share: its weight and its `max_connections` grow from 10 % to 100 %.',
      default: `${formatDuration(DEFAULT_SLOW_START_MS)}: all at once`,
      edge: 'After it was down, was in maintenance or was added by a reload; never at the start of Switchyard, and not without a health check.',
      example: 'slow_start: 30s',
      see: ['pools[].backends[].slow_start']
    }),
    sticky: option(stickySchema, {
      effect: 'Keeps the requests of a client on one backend by a signed cookie.',
      default: 'off',
      edge: 'The algorithm chooses for clients without a valid cookie.',
      example: 'sticky: { cookie: SRV, key: { env: STICKY_KEY } }'
    }),
    prefer_region: option(text('the name of a region'), {
      effect:
        'Within the level that serves, only backends of this region get requests while at least one of them is eligible; else all of the level.',
      default: '`region`, else none',
      edge: 'Levels go first. A region that no backend is in changes nothing.',
      example: 'prefer_region: us-east',
      see: ['region', 'pools[].backends[].region']
    }),
    buffer: option(poolBufferSchema, {
      effect: 'Lets requests wait for a backend that comes back.',
      default: 'off: they get 503',
      edge: 'Requests that only wait for a free slot are in the `queue`.',
      example: 'buffer: { mode: hold, timeout: 30s, max_requests: 1000, max_bytes: 100MB }',
      see: ['pools[].queue', 'routes[].buffer']
    }),
    failover: option(poolFailoverSchema, {
      effect:
        'How this pool fails over. Each key overrides the same key of the top-level `failover`.',
      default: 'the top-level `failover`',
      example: 'failover: { strategy: delayed, delay: 5s }',
      see: ['failover', 'pools[].backends[].failover_level']
    })
  },
  {
    title: 'pools[]',
    effect: 'A group of servers that answer the same requests.',
    minimal: { name: 'api' },
    synonyms: {
      balance: 'algorithm',
      lb: 'algorithm',
      strategy: 'algorithm',
      method: 'algorithm',
      servers: 'backends',
      targets: 'backends',
      upstreams: 'backends',
      members: 'backends',
      healthcheck: 'health_check',
      check: 'health_check',
      timeout: 'timeouts',
      maxconn: 'max_connections'
    }
  }
)
