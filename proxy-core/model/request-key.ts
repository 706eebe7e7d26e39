/**
 * What of a request says where it belongs: requests with the same key are treated alike.
 * Written as `header:x-case-id`, `cookie:SID`, `query:case`, `path`, `path:2` or `client_ip`.
 */

export type RequestKey =
  /** `name` in lower case. */
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'cookie'; readonly name: string }
  | { readonly kind: 'query'; readonly name: string }
  | { readonly kind: 'path' }
  /** `number` counts from 1: of `/orders/17` the second segment is `17`. */
  | { readonly kind: 'path_segment'; readonly number: number }
  | { readonly kind: 'client_ip' }

export const REQUEST_KEY_PATTERN =
  "^(header:[!#$%&'*+.^_`|~0-9A-Za-z-]+|cookie:[!#$%&'*+.^_`|~0-9A-Za-z-]+|query:[\\x21-\\x7e]+|path(:[1-9][0-9]?)?|client_ip)$"
const FORM = new RegExp(REQUEST_KEY_PATTERN)

/** Undefined for a text of another form. */
export function parseRequestKey(text: string): RequestKey | undefined {
  if (!FORM.test(text)) return undefined
  const colon = text.indexOf(':')
  if (colon < 0) return { kind: text === 'path' ? 'path' : 'client_ip' }
  const name = text.slice(colon + 1)
  switch (text.slice(0, colon)) {
    case 'header':
      return { kind: 'header', name: name.toLowerCase() }
    case 'cookie':
      return { kind: 'cookie', name }
    case 'query':
      return { kind: 'query', name }
    default:
      return { kind: 'path_segment', number: Number(name) }
  }
}

/** As it is written. */
export function formatRequestKey(key: RequestKey): string {
  switch (key.kind) {
    case 'path':
    case 'client_ip':
      return key.kind
    case 'path_segment':
      return `path:${String(key.number)}`
    default:
      return `${key.kind}:${key.name}`
  }
}
