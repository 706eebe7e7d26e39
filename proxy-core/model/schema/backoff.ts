/** How long something waits before it is tried again. */
import { z } from 'zod'
import { DEFAULT_RETRY } from '../default-settings.ts'
import { DEFAULT_STORE_ROUTE } from '../default-store.ts'
import type { BackoffSettings } from '../settings.ts'
import { formatDuration } from '../units.ts'
import { noun, option } from './option.ts'
import { duration } from './quantities.ts'
import { choice } from './words.ts'

const MAX_GROWTH = 10

const SYNONYMS = {
  multiplier: 'scale',
  base: 'growth',
  factor: 'growth',
  initial: 'scale',
  interval: 'scale',
  limit: 'max'
}

const options = ({ scaleMs, growth, minMs, maxMs, jitter }: BackoffSettings) => ({
  scale: option(duration(), {
    effect: 'The wait before the second try, before jitter and limits.',
    default: formatDuration(scaleMs),
    edge: 'The wait before try n is `scale` × `growth` ^ (n − 2). `0` never waits, unless `min` says so.',
    example: 'scale: 1s'
  }),
  growth: option(z.number().min(1).max(MAX_GROWTH), {
    effect: 'The factor from one wait to the next.',
    default: String(growth),
    example: 'growth: 2'
  }),
  min: option(duration(), {
    effect: 'No wait is shorter, jitter included.',
    default: formatDuration(minMs),
    example: 'min: 4s'
  }),
  max: option(duration(), {
    effect: 'No wait is longer.',
    default: formatDuration(maxMs),
    example: 'max: 10s'
  }),
  jitter: option(
    choice('a form of jitter', {
      values: { none: 'none', full: 'full', equal: 'equal' } as const
    }),
    {
      effect:
        '`full`: anything between nothing and the whole wait, so that clients which failed together do not come back together. `equal`: half of the wait is fixed. `none`: exact.',
      default: jitter,
      edge: 'A wait that jitter makes shorter than `min` is `min`.',
      example: 'jitter: none'
    }
  )
})

export const retryBackoffSchema = noun('Backoff', options(DEFAULT_RETRY.backoff), {
  title: 'pools[].retry.backoff',
  effect: 'How long a request waits before it is tried again.',
  minimal: {},
  synonyms: SYNONYMS
})

export const deliveryBackoffSchema = noun('DeliveryBackoff', options(DEFAULT_STORE_ROUTE.backoff), {
  title: 'routes[].buffer.backoff',
  effect: 'How long a stored request waits after an attempt that failed.',
  minimal: {},
  synonyms: SYNONYMS
})
