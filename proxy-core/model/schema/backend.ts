/** One server of a pool. */
import { DEFAULT_WEIGHT } from '../default-settings.ts'
import { MAX_WEIGHT } from '../states.ts'
import { address } from './addresses.ts'
import { healthCheckOrNone } from './health-check.ts'
import { noun, option, required } from './option.ts'
import { count, duration } from './quantities.ts'
import { flag, text } from './words.ts'

const MAX_LEVEL = 255

export const backendSchema = noun(
  'Backend',
  {
    address: required(address({ what: 'a backend address', mayBeZero: false }), {
      effect:
        'Host and port of the server. As written, it is the name of the backend in metrics, logs and the admin API.',
      edge: 'A name is resolved again every `resolve_interval`; one that does not resolve is a state and not an error.',
      example: 'address: "10.0.0.1:80"'
    }),
    weight: option(count({ min: 0, max: MAX_WEIGHT }), {
      effect: 'The share of requests in relation to the other backends of the same level.',
      default: String(DEFAULT_WEIGHT),
      edge: '`0` takes the backend out of the rotation while it stays probed.',
      example: 'weight: 50'
    }),
    failover: option(flag(), {
      effect: 'Marks a backup: it gets requests when the levels before it are lost.',
      default: 'false',
      edge: '`true` is `failover_level: 1`.',
      example: 'failover: true',
      see: ['pools[].backends[].failover_level']
    }),
    failover_level: option(count({ min: 0, max: MAX_LEVEL }), {
      effect: 'The level of the backend: 0 is primary, 1 the first backup, 2 the next.',
      default: '0, or 1 with `failover: true`',
      edge: 'The lowest level of a pool is that of its primaries, and serves; when it is lost, the next one does, as `failover` says.',
      example: 'failover_level: 2'
    }),
    region: option(text('the name of a region'), {
      effect: 'Where the server stands.',
      default: 'none',
      edge: 'It matters where `failover.regions` orders the levels by it or a pool prefers a region; else it is only shown.',
      example: 'region: us-east',
      see: ['pools[].prefer_region']
    }),
    max_connections: option(count({ min: 0, max: 1_000_000 }), {
      effect: 'Requests in flight to this backend at one time.',
      default: '`max_connections` of the pool',
      edge: '`0` is no limit. Further requests wait in the queue of the pool.',
      example: 'max_connections: 50',
      see: ['pools[].queue']
    }),
    slow_start: option(duration(), {
      effect: 'How long the share of this backend grows after it came back.',
      default: '`slow_start` of the pool',
      edge: '`0` gives it all of its share at once.',
      example: 'slow_start: 10s',
      see: ['pools[].slow_start']
    }),
    health_check: option(healthCheckOrNone, {
      effect: 'Probes of this backend. Each key overrides the same key of the pool.',
      default: 'the health check of the pool',
      edge: '`false` switches probes of this backend off.',
      example: 'health_check: { path: /health }',
      see: ['pools[].health_check']
    })
  },
  {
    title: 'pools[].backends[]',
    effect: 'A server that answers requests.',
    minimal: { address: '10.0.0.1:80' },
    synonyms: {
      host: 'address',
      server: 'address',
      url: 'address',
      backup: 'failover',
      level: 'failover_level',
      priority: 'failover_level',
      maxconn: 'max_connections',
      max_conns: 'max_connections',
      check: 'health_check'
    }
  }
)
