/**
 * Which addresses are one client. An IPv4 address is one. Of IPv6 addresses those of one /64 are:
 * it is what a single subscriber gets at least (RFC 6177), and a host may change its address in it
 * at will (RFC 8981), so a limit per address would be none. Local addresses (fc00::/7, fe80::/10)
 * count one by one: there a /64 is a network full of hosts, and theirs is the operator's.
 */

const COLON = 0x3a
const DOT = 0x2e
const PERCENT = 0x25
const NO_GAP = -1

/** The groups of the address that is read: this runs for each request, and allocates nothing. */
const groups = new Uint16Array(8)

/** A key for a client; `address` as the socket or a trusted proxy tells it. */
export function clientNetwork(address: string): string {
  if (!address.includes(':') || !readGroups(address)) return address
  if (isZero(0, 5) && groups[5] === 0xffff) return dotted(groups[6]!, groups[7]!)
  const first = groups[0]!
  const isLocal = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80
  if (isLocal || isZero(0, 4)) return groups.join(':')
  return `${hex(0)}:${hex(1)}:${hex(2)}:${hex(3)}::/64`
}

/** Any spelling of RFC 4291, section 2.2. False: it is no IPv6 address. */
function readGroups(address: string): boolean {
  let count = 0
  let gap = NO_GAP
  let start = 0
  let value = 0
  const length = address.length
  groups.fill(0)
  for (let at = 0; at <= length; at++) {
    const code = at < length ? address.charCodeAt(at) : PERCENT
    if (code === DOT) {
      return count <= 6 && readDotted(address, start, count) && spread(count + 2, gap)
    }
    if (code !== COLON && code !== PERCENT) {
      value = (value << 4) | digit(code)
      if (value < 0 || value > 0xffff) return false
      continue
    }
    if (at > start) {
      if (count === 8) return false
      groups[count++] = value
    } else if (code === COLON && at > 0) {
      if (gap !== NO_GAP) return false
      gap = count
    }
    if (code === PERCENT) break
    start = at + 1
    value = 0
  }
  return spread(count, gap)
}

/** Moves what follows `::` to the end. */
function spread(count: number, gap: number): boolean {
  if (gap === NO_GAP) return count === 8
  if (count === 8) return false
  groups.copyWithin(8 - (count - gap), gap, count)
  groups.fill(0, gap, 8 - (count - gap))
  return true
}

function readDotted(address: string, start: number, count: number): boolean {
  const [text = ''] = address.slice(start).split('%', 1)
  const octets = text.split('.').map(Number)
  if (octets.length !== 4 || !octets.every((octet) => octet >= 0 && octet <= 255)) return false
  groups[count] = octets[0]! * 256 + octets[1]!
  groups[count + 1] = octets[2]! * 256 + octets[3]!
  return true
}

/** Of a hexadecimal digit; -1 for anything else. */
function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function isZero(from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (groups[index] !== 0) return false
  return true
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

function hex(index: number): string {
  return groups[index]!.toString(16)
}
