/** Backends that observed failures take out of the rotation for a while. */
import { DEFAULT_OUTLIER as DEFAULT } from '../default-settings.ts'
import { formatDuration, formatPercentage } from '../units.ts'
import { noun, option } from './option.ts'
import { count, duration, share } from './quantities.ts'
import { flag } from './words.ts'

const MAX_FAILURES = 10_000

const thresholds = {
  consecutive_failures: option(count({ min: 0, max: MAX_FAILURES }), {
    effect:
      'So many failures in a row eject a backend: no answer, or a status from 500 on except 501 and 505.',
    default: String(DEFAULT.consecutiveFailures),
    edge: '`0` switches this rule off.',
    example: 'consecutive_failures: 5'
  }),
  consecutive_gateway_failures: option(count({ min: 0, max: MAX_FAILURES }), {
    effect:
      'The same for failures of the way to the application alone: no answer, 502, 503 and 504. A 500 of the application itself does not count.',
    default: `${String(DEFAULT.consecutiveGatewayFailures)}: off`,
    edge: 'With `consecutive_failures: 0` an application that fails by itself is never ejected.',
    example: 'consecutive_failures: 0\nconsecutive_gateway_failures: 3'
  }),
  failure_rate: option(share({ max: 1 }), {
    effect: 'A backend of whose answers within `window` this share failed is ejected.',
    default: formatPercentage(DEFAULT.failureRate),
    edge: '`0` switches this rule off. A 429 counts here, but not as one of several in a row.',
    example: 'failure_rate: 50%'
  }),
  window: option(duration({ minMs: 1000 }), {
    effect: 'How far `failure_rate` looks back.',
    default: formatDuration(DEFAULT.windowMs),
    example: 'window: 10s'
  }),
  min_requests: option(count({ min: 1, max: 1_000_000 }), {
    effect: 'With fewer answers within `window` the rate says nothing.',
    default: String(DEFAULT.minRequests),
    example: 'min_requests: 50'
  })
}

const ejection = {
  base_ejection: option(duration({ minMs: 1 }), {
    effect: 'How long the first ejection lasts; each further one lasts this much longer.',
    default: formatDuration(DEFAULT.baseEjectionMs),
    edge: 'The count goes down by one for each such time that the backend serves without being ejected.',
    example: 'base_ejection: 30s'
  }),
  max_ejection: option(duration({ minMs: 1 }), {
    effect: 'No ejection lasts longer.',
    default: formatDuration(DEFAULT.maxEjectionMs),
    example: 'max_ejection: 1m'
  }),
  max_ejected: option(share({ max: 1 }), {
    effect: 'The share of the backends of the pool that may be ejected at one time.',
    default: formatPercentage(DEFAULT.maxEjected),
    edge: 'At least one may be, and the last eligible backend never is. When no other backend is left, all ejections end.',
    example: 'max_ejected: 50%'
  }),
  honour_retry_after: option(flag(), {
    effect:
      'Whether a 503 with `Retry-After` ejects the backend for the time that it asks for, up to `max_ejection`.',
    default: String(DEFAULT.honoursRetryAfter),
    edge: 'A 429 does not: it is meant for one client.',
    example: 'honour_retry_after: false'
  })
}

export const outlierSchema = noun(
  'Outlier',
  { ...thresholds, ...ejection },
  {
    title: 'pools[].outlier',
    effect:
      'Takes a backend out whose answers to real requests fail, also while its probes pass. Off where it is not written.',
    minimal: {},
    synonyms: {
      consecutive_5xx: 'consecutive_failures',
      max_fails: 'consecutive_failures',
      consecutive_gateway_errors: 'consecutive_gateway_failures',
      base_ejection_time: 'base_ejection',
      fail_timeout: 'base_ejection',
      max_ejection_percent: 'max_ejected',
      interval: 'window'
    }
  }
)
