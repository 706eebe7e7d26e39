/** How `algorithm: hash` finds the backend of a key. */
import { HASH_METHODS, type HashMethod } from '../balance-settings.ts'
import { DEFAULT_HASH_METHOD } from '../default-settings.ts'
import { noun, option, required } from './option.ts'
import { share } from './quantities.ts'
import { requestKey } from './request-key.ts'
import { choice } from './words.ts'

const MAX_LOAD_BOUND = 10

const METHODS = Object.fromEntries(HASH_METHODS.map((method) => [method, method])) as Readonly<
  Record<HashMethod, HashMethod>
>

export const hashSchema = noun(
  'Hash',
  {
    key: required(requestKey(), {
      effect:
        'What of a request decides: requests with the same key go to the same backend. `path:2` is the second segment of the path.',
      edge: 'A request that lacks it, or has it empty, is placed by round robin. Of repeated fields, cookies and parameters the first counts. The path is taken as the client sent it, before any rewriting.',
      example: 'key: "header:x-case-id"'
    }),
    method: option(choice<HashMethod>('a method of hashing', { values: METHODS }), {
      effect:
        'How keys are spread. `rendezvous` moves the fewest keys when a backend leaves or joins, and costs time in proportion to the number of backends; `maglev` costs the same with any number; `ring` is the consistent hashing of HAProxy and nginx.',
      default: DEFAULT_HASH_METHOD,
      example: 'key: path\nmethod: maglev'
    }),
    load_bound: option(share({ min: 1, max: MAX_LOAD_BOUND }), {
      effect:
        'The most that a backend may have, as a share of its fair part of the requests in flight. A key whose backend has that many goes to the next one in its order.',
      default: 'no bound: busy keys can fill one backend',
      edge: '125% to 200% are useful: less moves more keys, more bounds less.',
      example: 'key: path\nload_bound: 125%'
    })
  },
  {
    title: 'pools[].hash',
    effect: 'How requests are spread by a key. Read by `algorithm: hash`.',
    minimal: { key: 'path' },
    synonyms: {
      on: 'key',
      by: 'key',
      hash_on: 'key',
      type: 'method',
      function: 'method',
      balance_factor: 'load_bound',
      bound: 'load_bound'
    }
  }
)
