/** A limit on requests in flight that finds its value by itself. */
import { DEFAULT_ADAPTIVE_CONCURRENCY as DEFAULT } from '../default-settings.ts'
import { formatDuration } from '../units.ts'
import { noun, option } from './option.ts'
import { count, duration } from './quantities.ts'

const MAX_LIMIT = 1_000_000

export const adaptiveConcurrencySchema = noun(
  'AdaptiveConcurrency',
  {
    min: option(count({ min: 1, max: MAX_LIMIT }), {
      effect: 'The limit never falls below this.',
      default: String(DEFAULT.min),
      example: 'min: 4'
    }),
    max: option(count({ min: 1, max: MAX_LIMIT }), {
      effect: 'The limit never grows beyond this.',
      default: String(DEFAULT.max),
      edge: 'A lower `max_connections` wins.',
      example: 'max: 200'
    }),
    initial: option(count({ min: 1, max: MAX_LIMIT }), {
      effect: 'The limit to begin with.',
      default: String(DEFAULT.initial),
      example: 'initial: 50'
    }),
    window: option(duration({ minMs: 100 }), {
      effect: 'How long latencies are collected before the limit moves.',
      default: formatDuration(DEFAULT.windowMs),
      example: 'window: 500ms'
    })
  },
  {
    title: 'pools[].adaptive_concurrency',
    effect:
      'Limits the requests in flight to each backend by its latency: while that grows with the load, the limit falls; while it does not, the limit rises. Further requests wait in the queue. Off where it is not written.',
    minimal: {},
    synonyms: { limit: 'max', minimum: 'min', maximum: 'max' }
  }
)
