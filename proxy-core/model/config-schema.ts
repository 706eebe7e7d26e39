/**
 * The YAML document as one schema: validation, types, the JSON Schema in
 * `resources/switchyard.schema.json` and the option reference all come from here.
 * It knows single values; what options have to do with each other is checked in
 * `config/checks/`, and defaults are applied in `config/resolve-settings.ts`.
 */
import { z } from 'zod'
import {
  DEFAULT_DRAIN_TIMEOUT_MS,
  DEFAULT_LISTENER_ADDRESS,
  DEFAULT_RESOLVE_INTERVAL_MS,
  DEFAULT_SHUTDOWN_TIMEOUT_MS
} from './default-settings.ts'
import { address } from './schema/addresses.ts'
import { adminSchema } from './schema/admin.ts'
import { backendSchema } from './schema/backend.ts'
import { failoverSchema } from './schema/failover.ts'
import { inheritedSchema } from './schema/inherited.ts'
import { listenerSchema } from './schema/listener.ts'
import { noun, option } from './schema/option.ts'
import { poolSchema } from './schema/pool.ts'
import { duration } from './schema/quantities.ts'
import { routeSchema } from './schema/route.ts'
import { scalar, wrongType } from './schema/scalar.ts'
import { storeSchema } from './schema/store.ts'
import { text } from './schema/words.ts'
import { formatDuration } from './units.ts'

const MIN_RESOLVE_INTERVAL_MS = 100
const LISTENER = `${DEFAULT_LISTENER_ADDRESS.host}:${String(DEFAULT_LISTENER_ADDRESS.port)}`

const globalSchema = noun(
  'Global',
  {
    bind_address: option(address({ what: 'a listening address', mayBeZero: true }), {
      effect: 'The address of the only listener, as VeloFlux writes it.',
      default: LISTENER,
      edge: 'Not together with `listeners`, which is the better place.',
      example: 'bind_address: 0.0.0.0:80',
      see: ['listeners[].address']
    })
  },
  {
    title: 'global',
    effect: 'Accepted for files that were written for VeloFlux.',
    minimal: {},
    synonyms: { bind: 'bind_address', address: 'bind_address', listen: 'bind_address' }
  }
)

const sections = {
  admin: option(adminSchema, {
    effect: 'The admin API.',
    default: 'on loopback, with a token',
    example: 'admin: { address: 127.0.0.1:9000, auth: token }'
  }),
  global: option(globalSchema, {
    effect: 'What VeloFlux writes here: `bind_address` is read, everything else is refused.',
    example: 'global: { bind_address: 0.0.0.0:80 }'
  }),
  listeners: option(z.array(listenerSchema).min(1), {
    effect: 'Where clients connect.',
    default: `one listener on ${LISTENER}`,
    example: 'listeners: [{ name: web, address: 127.0.0.1:8080 }]'
  }),
  routes: option(z.array(routeSchema), {
    effect: 'Which requests go to which pool.',
    default: 'none: every request is answered with 404',
    example: 'routes: [{ pool: api }]\npools: [{ name: api }]'
  }),
  pools: option(z.array(poolSchema), {
    effect: 'Groups of servers that answer the same requests.',
    default: 'none',
    example: 'pools: [{ name: api, backends: [{ address: "10.0.0.1:80" }] }]'
  }),
  backends: option(z.array(backendSchema), {
    effect:
      'The shortest configuration: these backends form the pool `default` with `algorithm: failover`, and a route sends every request to it.',
    edge: 'Not together with `pools` or `routes`.',
    example:
      'backends:\n  - { address: "10.0.0.1:80" }\n  - { address: "10.0.1.1:80", failover_level: 1 }'
  }),
  failover: option(failoverSchema, {
    effect: 'Failover for all pools that have backends on more than one level.',
    default: 'immediate',
    example: 'failover: { strategy: immediate, check_interval: 5s }'
  }),
  buffer: option(storeSchema, {
    effect: 'Where the requests of routes with `buffer: { mode: store }` are kept.',
    default: 'none: no route can store requests',
    example:
      'buffer: { directory: ./buffer, max_size: 1GB, fsync_interval: 5ms, when_full: reject }',
    see: ['routes[].buffer']
  }),
  defaults: option(inheritedSchema, {
    effect: 'What pools and routes inherit.',
    default: 'nothing',
    example: 'defaults: { health_check: { path: /health } }'
  })
}

export const configSchema = noun(
  null,
  {
    version: option(version(), {
      effect: 'The version of this format.',
      default: '1',
      example: 'version: 1'
    }),
    ...sections,
    region: option(text('the name of a region'), {
      effect: 'Where this instance runs: its pools prefer backends of the same region.',
      default: 'none',
      edge: '`prefer_region` of a pool goes first.',
      example: 'region: us-east',
      see: ['pools[].prefer_region']
    }),
    shutdown_timeout: option(duration(), {
      effect: 'How long running exchanges may take to finish after SIGTERM or SIGINT.',
      default: formatDuration(DEFAULT_SHUTDOWN_TIMEOUT_MS),
      edge: 'What still runs then is cut and counted. Under Kubernetes it must be shorter than `terminationGracePeriodSeconds` (30 s).',
      example: 'shutdown_timeout: 10s'
    }),
    drain_timeout: option(duration(), {
      effect: 'How long upgraded connections of a removed listener or backend may go on.',
      default: formatDuration(DEFAULT_DRAIN_TIMEOUT_MS),
      example: 'drain_timeout: 5m'
    }),
    resolve_interval: option(duration({ minMs: MIN_RESOLVE_INTERVAL_MS }), {
      effect: 'How often the names of backends are resolved again.',
      default: formatDuration(DEFAULT_RESOLVE_INTERVAL_MS),
      edge: 'The last good addresses stay in use while a name does not resolve.',
      example: 'resolve_interval: 30s'
    })
  },
  {
    title: 'top level',
    effect: 'The whole file.',
    minimal: {},
    notYet: {
      processes: 'processes that drills may start and stop',
      retry: 'retries',
      outlier: 'ejection by observed failures',
      circuit_breaker: 'circuit breaking',
      fallback: 'fallback answers',
      toxiproxy: 'fault injection through Toxiproxy'
    },
    synonyms: {
      listener: 'listeners',
      route: 'routes',
      pool: 'pools',
      upstreams: 'pools',
      clusters: 'pools',
      servers: 'backends',
      frontends: 'listeners',
      api: 'admin'
    }
  }
)

/** The document after validation: keys as written, values converted, defaults not applied. */
export type ConfigDocument = z.output<typeof configSchema>
export type ListenerDocument = z.output<typeof listenerSchema>
export type RouteDocument = z.output<typeof routeSchema>
export type PoolDocument = z.output<typeof poolSchema>
export type BackendDocument = z.output<typeof backendSchema>

function version(): z.ZodType<1> {
  return scalar({ syntax: '1', json: { const: 1 } }, (value) =>
    value === 1 ? { value: 1 } : wrongType('1, the only version there is', value)
  )
}
