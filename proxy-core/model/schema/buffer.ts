/** `buffer` of pools and routes: requests wait for a backend, with their clients or without. */
import { DEFAULT_HOLD as DEFAULT } from '../default-buffer.ts'
import { DEFAULT_STORE_ROUTE } from '../default-store.ts'
import { formatDuration, formatSize } from '../units.ts'
import { noun, option, required } from './option.ts'
import { count, duration, size } from './quantities.ts'
import { MAX_STORED_BODY, storeRouteOptions } from './store.ts'
import { choice } from './words.ts'

const MAX_HELD = 1_000_000
const MAX_BYTES = 2 ** 40

const holdTimeout = option(duration({ minMs: 1 }), {
  effect: 'How long a request may wait in all before its client gets 503 with `Retry-After`.',
  default: formatDuration(DEFAULT.timeoutMs),
  edge: 'It has a clock of its own: while a request waits, the `total` timeout of its route stands still.',
  example: 'timeout: 30s',
  see: ['routes[].timeouts.total']
})

const holdBodyLimit = option(size({ min: 0, max: MAX_BYTES }), {
  effect: 'The longest body of a request that may wait.',
  default: formatSize(DEFAULT.bodyLimitBytes),
  unit: 'bytes',
  edge: 'A longer one gets 503 at once, before it is read where its length is announced. The body of an idempotent request is kept up to this length until its response begins, so that it can wait after a failed try.',
  example: 'body_limit: 50MB'
})

const SYNONYMS = {
  type: 'mode',
  max_wait: 'timeout',
  max_body: 'body_limit'
}

export const poolBufferSchema = noun(
  'PoolBuffer',
  {
    mode: required(choice('a mode of the buffer', { values: { hold: 'hold' } as const }), {
      effect:
        '`hold`: requests that nobody can serve wait, with their clients, until a backend comes back.',
      edge: 'They are sent in the order in which they came, at a pace that grows with every answer. Method, path, fields and body stay as they were.',
      example: 'mode: hold'
    }),
    timeout: holdTimeout,
    max_requests: option(count({ min: 1, max: MAX_HELD }), {
      effect: 'Requests of the pool that may wait at one time.',
      default: String(DEFAULT.maxRequests),
      edge: 'The next one gets 503 with `Retry-After`.',
      example: 'max_requests: 1000'
    }),
    max_bytes: option(size({ min: 0, max: MAX_BYTES }), {
      effect: 'Octets of all bodies that wait, in memory and on disk.',
      default: formatSize(DEFAULT.maxBytes),
      unit: 'bytes',
      edge: 'A request whose body does not fit gets 503 with `Retry-After`.',
      example: 'max_bytes: 100MB'
    }),
    memory: option(size({ min: 0, max: MAX_BYTES }), {
      effect: 'So many octets of these bodies are in memory at most.',
      default: formatSize(DEFAULT.memoryBytes),
      unit: 'bytes',
      edge: 'The rest is in temporary files without a name. `0` keeps only bodies in memory that came whole with their head.',
      example: 'memory: 16MiB'
    }),
    body_limit: holdBodyLimit
  },
  {
    title: 'pools[].buffer',
    effect:
      'What becomes of requests while no backend of the pool can serve them: they wait instead of failing.',
    minimal: { mode: 'hold' },
    synonyms: {
      ...SYNONYMS,
      max_size: 'max_bytes',
      size: 'max_requests',
      max_events: 'max_requests'
    }
  }
)

const routeBodyLimit = option(size({ min: 0, max: MAX_BYTES }), {
  effect: 'The longest body of a request that may wait, or be stored.',
  default: `${formatSize(DEFAULT.bodyLimitBytes)} for \`hold\`, ${formatSize(DEFAULT_STORE_ROUTE.bodyLimitBytes)} for \`store\``,
  unit: 'bytes',
  edge: `\`hold\`: as at the pool. \`store\`: a longer one gets 413; more than ${formatSize(MAX_STORED_BODY)}, or an eighth of \`buffer.max_size\`, cannot be stored.`,
  example: 'mode: store\nbody_limit: 1MB'
})

export const routeBufferSchema = noun(
  'RouteBuffer',
  {
    mode: required(
      choice('a mode of the buffer', {
        values: { hold: 'hold', store: 'store', none: 'none' } as const
      }),
      {
        effect:
          '`hold`: requests of this route wait for a backend, also where the pool says nothing. `store`: they are written to disk and answered with 202, and delivered when a backend takes them. `none`: they do neither, whatever the pool says.',
        edge: '`hold`: they wait in the line of their pool, whose `max_requests`, `max_bytes` and `memory` count. `store`: the client never sees the answer of the backend; it needs the `buffer` at the top level.',
        example: 'mode: hold',
        see: ['buffer.directory']
      }
    ),
    timeout: holdTimeout,
    body_limit: routeBodyLimit,
    ...storeRouteOptions
  },
  {
    title: 'routes[].buffer',
    effect:
      'What becomes of requests of this route that cannot or need not be answered by a backend at once. With `hold` it overrides `buffer` of the pool, key by key.',
    minimal: { mode: 'hold' },
    synonyms: {
      ...SYNONYMS,
      order_by: 'key',
      partition_key: 'key',
      retries: 'attempts',
      max_attempts: 'attempts',
      success_status: 'success',
      exclude_headers: 'drop_headers'
    }
  }
)
