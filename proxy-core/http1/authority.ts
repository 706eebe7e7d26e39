/** uri-host [ ":" port ] of RFC 3986, without userinfo: what a Host field may hold. */
import { COLON, HEX_VALUE, IS_REG_NAME } from './octets.ts'

const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const DOT = 0x2e
const MAX_PORT = 65535

/** Whether `bytes[start, end)` is a host, with or without a port. Empty is none. */
export function isAuthority(bytes: Uint8Array, start: number, end: number): boolean {
  const hostEnd =
    bytes[start] === OPENING_BRACKET && start < end
      ? literalEnd(bytes, start + 1, end)
      : nameEnd(bytes, start, end)
  if (hostEnd === start) return false
  return hostEnd === end || (bytes[hostEnd] === COLON && isPort(bytes, hostEnd + 1, end))
}

function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && IS_REG_NAME[bytes[at]!] === 1) at++
  return at
}

/** The offset behind the bracket that closes an IPv6 address, or of what should not be there. */
function literalEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && (HEX_VALUE[bytes[at]!] !== 255 || bytes[at] === COLON || bytes[at] === DOT)) {
    at++
  }
  const isClosed = at < end && bytes[at] === CLOSING_BRACKET && at > start
  return isClosed ? at + 1 : start - 1
}

/** RFC 3986 lets the port be empty. */
function isPort(bytes: Uint8Array, start: number, end: number): boolean {
  let port = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) return false
    port = port * 10 + digit
    if (port > MAX_PORT) return false
  }
  return true
}
