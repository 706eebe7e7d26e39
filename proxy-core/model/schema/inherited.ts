/** `defaults`: what pools and routes inherit. */
import { healthCheckSchema } from './health-check.ts'
import { noun, option } from './option.ts'
import { poolTimeoutOptions } from './pool.ts'
import { routeTimeoutOptions } from './route.ts'

const inheritedTimeoutsSchema = noun(
  'InheritedTimeouts',
  { ...poolTimeoutOptions, ...routeTimeoutOptions },
  {
    title: 'defaults.timeouts',
    effect:
      'Timeouts of every pool (`connect`, `response_head`) and every route (`head`, `idle`, `total`) that writes none.',
    minimal: {}
  }
)

export const inheritedSchema = noun(
  'Defaults',
  {
    health_check: option(healthCheckSchema, {
      effect: 'The health check of every pool. A pool or backend overrides single keys of it.',
      default: 'none',
      edge: 'Its presence switches probes on for every pool; a pool takes itself out with `health_check: false`.',
      example: 'health_check: { path: /health, interval: 3s }',
      see: ['pools[].health_check']
    }),
    timeouts: option(inheritedTimeoutsSchema, {
      effect: 'Timeouts of every pool and route.',
      default: 'see there',
      example: 'timeouts: { connect: 500ms, total: 30s }',
      see: ['pools[].timeouts', 'routes[].timeouts']
    })
  },
  {
    title: 'defaults',
    effect: 'What pools and routes inherit, key by key.',
    minimal: {},
    notYet: {
      retry: 'retries',
      outlier: 'ejection by observed failures',
      circuit_breaker: 'circuit breaking',
      buffer: 'buffering of requests'
    }
  }
)
