/** Sessions: the cookie that keeps the requests of a client on one backend. */
import type { z } from 'zod'
import { DEFAULT_STICKY } from '../default-settings.ts'
import { formatDuration } from '../units.ts'
import { noun, option, required } from './option.ts'
import { duration } from './quantities.ts'
import { scalar, show, wrongType } from './scalar.ts'
import { choice, fieldName, flag, quoted, secret } from './words.ts'

/** RFC 6265 section 4.1.1, without the spaces that it allows inside. */
const COOKIE_PATH = '^/[!-+\\--:<-~]*$'
const COOKIE_DOMAIN =
  '^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$'

export const stickySchema = noun(
  'Sticky',
  {
    cookie: required(fieldName(), {
      effect: 'The name of the cookie.',
      edge: 'Choose one that the application does not use: the first cookie of this name counts.',
      example: 'cookie: SRV'
    }),
    key: option(secret(), {
      effect:
        'Signs the cookie (HMAC-SHA-256). Balancers with the same key, pool name and backend addresses take each other’s cookies.',
      default: 'a random one of each engine process, with a warning',
      edge: 'Without a key every session ends with the process, and replicas disagree. Changing it ends every session.',
      example: 'key: { env: STICKY_KEY }'
    }),
    ttl: option(duration(), {
      effect:
        'How long a browser keeps the cookie after it was given; then the client is balanced anew.',
      default: `${formatDuration(DEFAULT_STICKY.ttlMs)}: until the browser is closed`,
      edge: 'It is not lengthened by requests: a cookie is given once.',
      example: 'ttl: 1h'
    }),
    path: option(cookieText('a path that begins with "/"', '<path>', COOKIE_PATH), {
      effect: 'The path below which browsers send the cookie.',
      default: DEFAULT_STICKY.path,
      example: 'path: /shop'
    }),
    domain: option(cookieText('the name of a domain', '<host>', COOKIE_DOMAIN), {
      effect: 'The domain whose hosts get the cookie.',
      default: 'the host that was asked, and no other',
      example: 'domain: example.test'
    }),
    secure: option(flag(), {
      effect: 'Whether browsers send the cookie over TLS only.',
      default: 'true on listeners with TLS; also with `same_site: none`',
      edge: 'Write `true` where something in front of the balancer ends TLS.',
      example: 'secure: true'
    }),
    http_only: option(flag(), {
      effect: 'Whether scripts of the page cannot read the cookie.',
      default: String(DEFAULT_STICKY.isHttpOnly),
      example: 'http_only: true'
    }),
    same_site: option(
      choice('a value of SameSite', {
        values: { lax: 'lax', strict: 'strict', none: 'none' } as const
      }),
      {
        effect: 'On which requests that other sites cause the cookie is sent.',
        default: DEFAULT_STICKY.sameSite,
        edge: '`none` needs `secure`: browsers refuse it otherwise.',
        example: 'same_site: strict'
      }
    )
  },
  {
    title: 'pools[].sticky',
    effect: 'Keeps the requests of a client on one backend by a signed cookie.',
    minimal: { cookie: 'SRV' },
    synonyms: {
      name: 'cookie',
      secret: 'key',
      max_age: 'ttl',
      expires: 'ttl',
      httponly: 'http_only',
      samesite: 'same_site'
    }
  }
)

/** Text of an attribute, which a semicolon would end. */
function cookieText(what: string, syntax: string, pattern: string): z.ZodType<string> {
  const form = new RegExp(pattern)
  return scalar({ syntax, json: { type: 'string', pattern } }, (value) => {
    if (typeof value !== 'string') return wrongType(what, value, quoted(value))
    if (form.test(value)) return { value }
    return { code: 'BAD_VALUE', message: `Expected ${what}, got ${show(value)}.` }
  })
}
