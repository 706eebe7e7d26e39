/** A breaker for each backend. */
import { DEFAULT_CIRCUIT_BREAKER as DEFAULT } from '../default-settings.ts'
import { formatDuration } from '../units.ts'
import { noun, option } from './option.ts'
import { count, duration } from './quantities.ts'

export const circuitBreakerSchema = noun(
  'CircuitBreaker',
  {
    failure_threshold: option(count({ min: 1, max: 10_000 }), {
      effect:
        'So many failures in a row open the circuit of a backend: no answer, or a status from 500 on except 501 and 505.',
      default: String(DEFAULT.failureThreshold),
      edge: 'Unlike `outlier` it also takes out the last backend: requests then get the fallback or a quick 503.',
      example: 'failure_threshold: 5'
    }),
    recovery_timeout: option(duration({ minMs: 1 }), {
      effect: 'How long the circuit stays open before single requests try the backend again.',
      default: formatDuration(DEFAULT.recoveryTimeoutMs),
      example: 'recovery_timeout: 60s'
    }),
    half_open_requests: option(count({ min: 1, max: 1000 }), {
      effect:
        'So many requests try a backend at one time while its circuit is half open, and so many successes in a row close it.',
      default: String(DEFAULT.halfOpenRequests),
      edge: 'One failure among them opens it again.',
      example: 'half_open_requests: 3'
    })
  },
  {
    title: 'pools[].circuit_breaker',
    effect:
      'Stops asking a backend that keeps failing, and tries it again after a while. Off where it is not written.',
    minimal: {},
    synonyms: {
      threshold: 'failure_threshold',
      timeout: 'recovery_timeout',
      fallback_duration: 'recovery_timeout',
      expected_exception: 'failure_threshold'
    }
  }
)
