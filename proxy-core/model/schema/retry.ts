/** When a request may be tried again, how often, and after which wait. */
import { z } from 'zod'
import { DEFAULT_RETRY as DEFAULT, DEFAULT_RETRY_BUDGET } from '../default-settings.ts'
import { RETRY_CONDITIONS, type RetryCondition } from '../settings.ts'
import { formatDuration, formatPercentage, formatSize } from '../units.ts'
import { retryBackoffSchema } from './backoff.ts'
import { noun, option } from './option.ts'
import { count, duration, share, size } from './quantities.ts'
import { scalar, show } from './scalar.ts'
import { flag } from './words.ts'

const MAX_ATTEMPTS = 20
const MAX_BODY = 2 ** 40

/** What nginx and HAProxy call the same thing. */
const CONDITION_SYNONYMS: Readonly<Record<string, string>> = {
  'conn-failure': 'connect_failure',
  error: 'connect_failure and reset',
  'empty-response': 'reset',
  'junk-response': 'reset',
  'response-timeout': 'timeout'
}

function condition(): z.ZodType<RetryCondition> {
  const words = RETRY_CONDITIONS.join(', ')
  const json = {
    anyOf: [
      { type: 'string', enum: [...RETRY_CONDITIONS] },
      { type: 'integer', minimum: 400, maximum: 599 }
    ]
  }
  return scalar<RetryCondition>(
    { syntax: `${RETRY_CONDITIONS.join(' | ')} | <status>`, json },
    (value) => {
      const status = typeof value === 'string' ? Number(/^http_(\d{3})$/.exec(value)?.[1]) : value
      if (
        typeof status === 'number' &&
        Number.isInteger(status) &&
        status >= 400 &&
        status <= 599
      ) {
        return { value: status }
      }
      const word = RETRY_CONDITIONS.find((known) => known === value)
      if (word !== undefined) return { value: word }
      const known = CONDITION_SYNONYMS[String(value)]
      return {
        code: 'BAD_VALUE',
        message: `${show(value)} is no condition for a retry.`,
        hint: known === undefined ? `Use ${words}, or a status from 400 to 599.` : `Write ${known}.`
      }
    }
  )
}

const budgetSchema = noun(
  'RetryBudget',
  {
    ratio: option(share({ max: 10 }), {
      effect: 'Retries that are allowed for each request of the last 10 seconds.',
      default: formatPercentage(DEFAULT_RETRY_BUDGET.ratio),
      edge: '`0` leaves only `min_per_second`.',
      example: 'ratio: 20%'
    }),
    min_per_second: option(count({ min: 0, max: 100_000 }), {
      effect: 'Retries that are allowed each second beside, so that quiet pools can retry at all.',
      default: String(DEFAULT_RETRY_BUDGET.minPerSecond),
      edge: '`0` with a `ratio` of `0` allows none.',
      example: 'min_per_second: 10'
    })
  },
  {
    title: 'pools[].retry.budget',
    effect:
      'A limit on all retries of a pool together (Finagle): when everything fails, retries must not multiply the load.',
    minimal: {}
  }
)

const retryOptions = {
  on: option(z.array(condition()), {
    effect:
      'What is worth another try. `connect_failure`: no connection came about. `reset`: the connection broke, or what came was no HTTP, before a response began. `timeout`: no response began in time. A status: the backend answered with it.',
    default: `[${DEFAULT.on.join(', ')}]`,
    edge: "Never after the first byte of a response went to the client. nginx's `http_502` is taken too.",
    example: 'on: [connect_failure, reset, timeout, 502, 503]'
  }),
  attempts: option(count({ min: 1, max: MAX_ATTEMPTS }), {
    effect: 'How often a request is tried in all, the first time included.',
    default: String(DEFAULT.attempts),
    edge: '`1` never tries again. Another backend is taken as long as there is one that was not tried.',
    example: 'attempts: 3'
  }),
  per_try_timeout: option(duration(), {
    effect: 'How long each try waits for the head of the response.',
    default: `${formatDuration(DEFAULT.perTryTimeoutMs)}: \`timeouts\` of route and pool decide`,
    edge: 'The shorter one of it and those counts.',
    example: 'per_try_timeout: 2s'
  }),
  timeout: option(duration(), {
    effect: 'After this time from the head of the request on no further try begins.',
    default: `${formatDuration(DEFAULT.timeoutMs)}: no limit but \`attempts\``,
    edge: 'A try that runs then goes on; `timeouts.total` of the route cuts it.',
    example: 'timeout: 10s',
    see: ['routes[].timeouts.total']
  }),
  non_idempotent: option(flag(), {
    effect:
      'Whether requests are tried again that may have done something already: POST and PATCH without an `Idempotency-Key`.',
    default: String(DEFAULT.isForAllMethods),
    edge: 'One of which nothing was sent is tried again in any case.',
    example: 'non_idempotent: true'
  }),
  backoff: option(retryBackoffSchema, {
    effect: 'How long a request waits before it is tried again.',
    default: 'see there',
    edge: 'A longer `Retry-After` of the backend is honoured up to `max`; beyond it the client gets the answer that asks for it.',
    example: 'backoff: { scale: 25ms, growth: 2, min: 25ms, max: 1s, jitter: full }'
  }),
  body_memory: option(size({ min: 0, max: MAX_BODY }), {
    effect: 'So much of the body of a request is kept in memory until its response begins.',
    default: formatSize(DEFAULT.bodyMemoryBytes),
    unit: 'bytes',
    edge: 'What is longer goes on in a temporary file without a name.',
    example: 'body_memory: 256KiB'
  }),
  body_limit: option(size({ min: 0, max: MAX_BODY }), {
    effect: 'A request with a longer body is not tried again once some of it was sent.',
    default: formatSize(DEFAULT.bodyLimitBytes),
    unit: 'bytes',
    edge: '`0` keeps no bodies. It is passed on in any case.',
    example: 'body_limit: 10MB'
  })
}

const SYNONYMS = {
  retries: 'attempts',
  max_attempts: 'attempts',
  tries: 'attempts',
  conditions: 'on',
  retry_on: 'on',
  try_timeout: 'per_try_timeout'
}

export const routeRetrySchema = noun('RouteRetry', retryOptions, {
  title: 'routes[].retry',
  effect: 'Overrides `retry` of the pool, key by key.',
  minimal: {},
  synonyms: SYNONYMS
})

export const retrySchema = noun(
  'Retry',
  {
    ...retryOptions,
    budget: option(budgetSchema, {
      effect: 'A limit on all retries of the pool together.',
      default: 'see there',
      example: 'budget: { ratio: 20%, min_per_second: 10 }'
    })
  },
  {
    title: 'pools[].retry',
    effect: 'Tries a request again that a backend could not answer.',
    minimal: {},
    synonyms: SYNONYMS
  }
)
