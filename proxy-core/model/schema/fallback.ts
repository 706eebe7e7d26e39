/** What a client gets when no backend of the pool can take its request. */
import type { z } from 'zod'
import { DEFAULT_FALLBACK_CONTENT_TYPE, DEFAULT_FALLBACK_STATUS } from '../default-settings.ts'
import { noun, option } from './option.ts'
import { count } from './quantities.ts'
import { scalar, wrongType } from './scalar.ts'
import { name, quoted, text } from './words.ts'

const MAX_BODY_CHARACTERS = 64 * 1024

/** Several lines are fine, as long as they are text. */
function body(): z.ZodType<string> {
  return scalar({ syntax: '<text>', json: { type: 'string' } }, (value) => {
    if (typeof value !== 'string') return wrongType('the text of a body', value, quoted(value))
    if (value.length <= MAX_BODY_CHARACTERS) return { value }
    return { code: 'OUT_OF_RANGE', message: 'The body is longer than 64 KiB.' }
  })
}

export const fallbackSchema = noun(
  'Fallback',
  {
    pool: option(name(), {
      effect: 'Another pool that takes the request.',
      default: 'none: the client gets an answer',
      edge: 'Not together with the other keys. Pools must not fall back to one another in a circle.',
      example: 'pool: other'
    }),
    status: option(count({ min: 200, max: 599 }), {
      effect: 'The status of the answer.',
      default: String(DEFAULT_FALLBACK_STATUS),
      edge: '204, 205 and 304 have no body.',
      example: 'status: 503'
    }),
    body: option(body(), {
      effect: 'The body of the answer.',
      default: 'the status and a sentence',
      edge: 'Not together with `status` 204, 205 or 304.',
      example: 'body: "We are back soon."'
    }),
    content_type: option(text('a media type'), {
      effect: 'The Content-Type of the body.',
      default: DEFAULT_FALLBACK_CONTENT_TYPE,
      example: 'content_type: application/json'
    })
  },
  {
    title: 'pools[].fallback',
    effect:
      'What clients get when no backend can take their request: all of them are down, ejected or cut off by their circuit, or the queue is full.',
    minimal: { status: 503 },
    synonyms: { code: 'status', text: 'body', type: 'content_type', upstream: 'pool' }
  }
)
