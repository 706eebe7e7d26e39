/** Requests that are written to disk and answered before they are delivered. */
import { z } from 'zod'
import { DEFAULT_STORE, DEFAULT_STORE_ROUTE as DEFAULT } from '../default-store.ts'
import type { WhenFull } from '../store-settings.ts'
import { formatDuration, formatSize } from '../units.ts'
import { pathPrefix } from './addresses.ts'
import { deliveryBackoffSchema } from './backoff.ts'
import { noun, option, required } from './option.ts'
import { count, duration, size } from './quantities.ts'
import { requestKey } from './request-key.ts'
import { scalar, show, wrongType } from './scalar.ts'
import { statusRanges } from './status-ranges.ts'
import { choice, fieldName, filePath, method } from './words.ts'

/** It is in memory whole, when it comes and when it goes. */
export const MAX_STORED_BODY = 32 * 1024 * 1024
const MAX_ATTEMPTS = 1000
const MAX_CONCURRENCY = 1024
const MIN_SIZE = 1000 * 1000
const MAX_SIZE = 2 ** 44
const MAX_FSYNC_MS = 1000
const MAX_FSYNC_COUNT = 100_000

/** Of `routes[].buffer` with `mode: store`, beside `body_limit`. */
export const storeRouteOptions = {
  methods: option(z.array(method()).min(1), {
    effect: '`store`: the methods whose requests are stored.',
    default: `[${DEFAULT.methods.join(', ')}]`,
    edge: 'Others pass through to the pool as if the route stored nothing, and so do upgrades.',
    example: 'mode: store\nmethods: [POST]'
  }),
  key: option(requestKey(), {
    effect:
      '`store`: what requests have in common that must be delivered in their order, one after the other.',
    default: 'none: any order, many at one time',
    edge: 'A request without it is delivered in no order. Where the pool partitions, use its key, so that the order and the backend belong together.',
    example: 'mode: store\nkey: "header:x-case-id"',
    see: ['pools[].partition.key']
  }),
  ttl: option(duration(), {
    effect: '`store`: how long a request is kept and tried, from its acceptance on.',
    default: formatDuration(DEFAULT.ttlMs),
    edge: 'Then it is given up and counted as expired. `0` keeps it until it is delivered or given up for another reason.',
    example: 'mode: store\nttl: 12h'
  }),
  drop_headers: option(z.array(fieldName()), {
    effect: '`store`: fields that are not written to disk and so not delivered: credentials.',
    default: 'none',
    edge: 'The key is read before they are dropped.',
    example: 'mode: store\ndrop_headers: [Authorization, Cookie]'
  }),
  success: option(statusRanges(), {
    effect: '`store`: answers of the backend that mean that it has taken the request.',
    default: '"200-299"',
    edge: 'Of the others 408, 425, 429 and 5xx except 501 are tried again; the rest, redirects included, makes it a dead letter.',
    example: 'mode: store\nsuccess: ["200-299", 409]'
  }),
  attempts: option(count({ min: 0, max: MAX_ATTEMPTS }), {
    effect: '`store`: after so many attempts that failed a request is a dead letter.',
    default: `${String(DEFAULT.attempts)}: as many as its \`ttl\` allows`,
    edge: 'While nobody of the pool serves, nothing is sent, and that is no attempt. Each attempt may try several backends, as `retry` says.',
    example: 'mode: store\nattempts: 20',
    see: ['pools[].retry']
  }),
  backoff: option(deliveryBackoffSchema, {
    effect: '`store`: the wait after an attempt that failed.',
    default: 'see there',
    edge: 'A longer `Retry-After` of the backend is honoured. The other keys go on meanwhile.',
    example: 'mode: store\nbackoff: { scale: 1s, growth: 2, max: 60s, jitter: full }'
  }),
  concurrency: option(count({ min: 1, max: MAX_CONCURRENCY }), {
    effect: '`store`: deliveries of this route at one time.',
    default: String(DEFAULT.concurrency),
    edge: 'Fewer while attempts fail; each success doubles it again. `max_connections` and `slow_start` of backends count beside it.',
    example: 'mode: store\nconcurrency: 4'
  }),
  status_path: option(pathPrefix(), {
    effect:
      '`store`: the path under which clients can ask what became of a stored request, on the listeners of the route.',
    default: DEFAULT.statusPath,
    edge: 'It goes before every route. Who has the address, of which 128 bits cannot be guessed, sees state and times, and nothing of the request.',
    example: 'mode: store\nstatus_path: /queue/requests'
  })
}

export const storeSchema = noun(
  'Buffer',
  {
    directory: required(filePath(), {
      effect: 'The folder that stored requests are kept in. One process uses it at a time.',
      edge: 'It is made where it is missing, for this user alone (0700). Another one needs a restart.',
      example: 'directory: ./buffer'
    }),
    max_size: option(size({ min: MIN_SIZE, max: MAX_SIZE }), {
      effect: 'What all files in it may take.',
      default: formatSize(DEFAULT_STORE.maxBytes),
      unit: 'bytes',
      edge: 'What was delivered makes room in pieces, not request by request. Another one needs a restart.',
      example: 'directory: ./buffer\nmax_size: 10GB'
    }),
    fsync_interval: option(fsyncInterval(), {
      effect:
        'How long a request may wait for others that are written to the disk together with it. Its client is answered after that.',
      default: formatDuration(DEFAULT_STORE.fsyncIntervalMs),
      edge: 'It never waits longer than the last fsync took. `always` does not wait at all. Nothing is answered before it is on the disk, whatever is written here. Another one needs a restart.',
      example: 'directory: ./buffer\nfsync_interval: always'
    }),
    fsync_count: option(count({ min: 1, max: MAX_FSYNC_COUNT }), {
      effect: 'As soon as so many requests wait, they are written.',
      default: 'none: `fsync_interval` decides',
      edge: 'Another one needs a restart.',
      example: 'directory: ./buffer\nfsync_count: 64'
    }),
    when_full: option(
      choice<WhenFull>('a rule', { values: { reject: 'reject', block: 'block' } }),
      {
        effect:
          '`reject`: while it is full, requests get 507 with `Retry-After`. `block`: they wait for room, the first one first.',
        default: DEFAULT_STORE.whenFull,
        edge: 'Who has waited for `block_timeout` gets 503 with `Retry-After`.',
        example: 'directory: ./buffer\nwhen_full: block'
      }
    ),
    block_timeout: option(duration({ minMs: 1 }), {
      effect: 'With `when_full: block`: how long a request waits for room.',
      default: formatDuration(DEFAULT_STORE.blockTimeoutMs),
      example: 'directory: ./buffer\nwhen_full: block\nblock_timeout: 10s'
    }),
    keep_status: option(duration(), {
      effect:
        'How long the status of a request can be asked for after it was delivered or given up.',
      default: formatDuration(DEFAULT_STORE.keepStatusMs),
      edge: 'As long as there is room for it. Another one needs a restart.',
      example: 'directory: ./buffer\nkeep_status: 7d'
    })
  },
  {
    title: 'buffer',
    effect: 'Where the requests of routes with `buffer: { mode: store }` are kept.',
    minimal: { directory: './buffer' },
    synonyms: {
      path: 'directory',
      data_dir: 'directory',
      folder: 'directory',
      max_bytes: 'max_size',
      size: 'max_size',
      fsync: 'fsync_interval',
      sync_interval: 'fsync_interval'
    }
  }
)

/** Milliseconds; `always` is 0. */
function fsyncInterval(): z.ZodType<number> {
  const read = duration()
  const json = { anyOf: [{ const: 'always' }, { type: 'string' }] }
  return scalar<number>({ syntax: 'always | <duration>', json }, (value) => {
    if (value === 'always') return { value: 0 }
    const parsed = read.safeParse(value)
    if (!parsed.success) return wrongType('always, or a duration such as 5ms', value)
    if (parsed.data <= MAX_FSYNC_MS) return { value: parsed.data }
    return {
      code: 'OUT_OF_RANGE',
      message: `${show(value)} is out of range: 0ms to ${formatDuration(MAX_FSYNC_MS)}.`,
      hint: 'Clients wait for it: their requests are answered only when they are on the disk.'
    }
  })
}
