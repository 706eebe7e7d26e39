/** `defaults`: what pools and routes inherit. */
import { circuitBreakerSchema } from './circuit-breaker.ts'
import { healthCheckSchema } from './health-check.ts'
import { noun, option } from './option.ts'
import { outlierSchema } from './outlier.ts'
import { poolTimeoutOptions } from './pool.ts'
import { retrySchema } from './retry.ts'
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
    }),
    retry: option(retrySchema, {
      effect: 'Retries of every pool. A pool or a route overrides single keys of it.',
      default: 'none: only what is safe without asking is repeated',
      example: 'retry: { attempts: 3 }',
      see: ['pools[].retry']
    }),
    outlier: option(outlierSchema, {
      effect: 'Ejection by observed failures in every pool. A pool overrides single keys of it.',
      default: 'off',
      example: 'outlier: {}',
      see: ['pools[].outlier']
    }),
    circuit_breaker: option(circuitBreakerSchema, {
      effect: 'A circuit breaker in every pool. A pool overrides single keys of it.',
      default: 'off',
      example: 'circuit_breaker: { recovery_timeout: 30s }',
      see: ['pools[].circuit_breaker']
    })
  },
  {
    title: 'defaults',
    effect: 'What pools and routes inherit, key by key.',
    minimal: {}
  }
)
