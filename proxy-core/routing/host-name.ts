/**
 * Host names as routes compare them: lower case, without port, without the root's trailing
 * dot (RFC 9110 section 7.2, RFC 3986 section 6.2.2.1). IPv6 literals keep their brackets
 * and are compared as text.
 */

const UPPER_A = 0x41
const UPPER_Z = 0x5a
const COLON = 0x3a
const DOT = 0x2e

/**
 * The name in a Host field as received. A field that is already in normal form comes back
 * as the same string, without an allocation. Never fails: what is no host name matches no
 * host pattern.
 */
export function normaliseHost(field: string): string {
  const length = field.length
  for (let i = 0; i < length; i++) {
    const code = field.charCodeAt(i)
    if (code === COLON || (code >= UPPER_A && code <= UPPER_Z)) return rewriteHost(field)
  }
  if (length > 1 && field.charCodeAt(length - 1) === DOT) return rewriteHost(field)
  return field
}

/** A host as an operator may write it in a route: as above, and IPv6 also without brackets. */
export function normaliseHostPattern(host: string): string {
  const isBareIpv6 = !host.startsWith('[') && host.indexOf(':') !== host.lastIndexOf(':')
  return normaliseHost(isBareIpv6 ? `[${host}]` : host)
}

function rewriteHost(field: string): string {
  const afterLiteral = field.startsWith('[') ? field.indexOf(']') + 1 : 0
  const colon = field.indexOf(':', afterLiteral)
  const name = (colon === -1 ? field : field.slice(0, colon)).toLowerCase()
  return name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name
}
