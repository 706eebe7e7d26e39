/** Leaves that are places: host and port, address blocks, host patterns, path prefixes. */
import { z } from 'zod'
import type { HostPattern, HostPort } from '../settings.ts'
import { scalar, show, wrongType, type ReadingFault } from './scalar.ts'

const MAX_PORT = 65_535
const MAX_HOST_LENGTH = 253
const HOST_NAME =
  /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i
const HOST_PORT_PATTERN = '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}$'
/** RFC 3986 section 3.3, and no query or fragment. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/
const LOOPBACK_NAMES = new Set(['localhost', '::1'])

/** An IPv6 address comes without its brackets. */
export interface Address extends HostPort {
  /** As written: the name under which operators and live state know it. */
  readonly written: string
}

export interface AddressForm {
  /** What the address is for, as a noun phrase: "a backend address". */
  readonly what: string
  /** Listeners may ask for any free port with 0. */
  readonly mayBeZero: boolean
}

export function address(form: AddressForm): z.ZodType<Address> {
  const json = { type: 'string', pattern: HOST_PORT_PATTERN }
  return scalar({ syntax: '<host>:<port>', json }, (value) => {
    if (typeof value === 'number') {
      return wrongType(`${form.what} (host:port)`, value, `Write "127.0.0.1:${String(value)}".`)
    }
    if (typeof value !== 'string') return wrongType(`${form.what} (host:port)`, value)
    const parsed = parseHostPort(value)
    if (parsed === undefined) return notAnAddress(value, form)
    if (parsed.port > MAX_PORT || (parsed.port === 0 && !form.mayBeZero)) {
      const lowest = form.mayBeZero ? 0 : 1
      return {
        code: 'OUT_OF_RANGE',
        message: `Port ${String(parsed.port)} is out of range: ${String(lowest)} to ${String(MAX_PORT)}.`
      }
    }
    return { value: { ...parsed, written: value } }
  })
}

/** `[::1]:80` → host `::1`. Undefined unless both parts are there and well-formed. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,6})$/.exec(text)
  if (match === null) return undefined
  const [, literal, host, port] = match
  if (literal !== undefined) {
    return isIpv6(literal) ? { host: literal.toLowerCase(), port: Number(port) } : undefined
  }
  return isHost(host!) ? { host: host!.toLowerCase(), port: Number(port) } : undefined
}

/**
 * 127.0.0.0/8, ::1 and localhost: what no other machine can reach.
 *
 * @param host in any case, an IPv6 address with or without brackets
 */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return LOOPBACK_NAMES.has(plain) || (isIpv4(plain) && plain.startsWith('127.'))
}

/** A block such as 10.0.0.0/8; a single address becomes a block of one. */
export function addressBlock(): z.ZodType<string> {
  const json = { type: 'string', examples: ['10.0.0.0/8', '::1/128'] }
  return scalar({ syntax: '<address>/<bits>', json }, (value) => {
    if (typeof value !== 'string') return wrongType('an address block such as 10.0.0.0/8', value)
    if (isIpv4(value)) return { value: `${value}/32` }
    if (isIpv6(value)) return { value: `${value}/128` }
    const isBlock = z.cidrv4().safeParse(value).success || z.cidrv6().safeParse(value).success
    if (isBlock) return { value }
    return {
      code: 'BAD_VALUE',
      message: `${show(value)} is not an address block.`,
      hint: 'Write an address and the number of fixed bits, such as 10.0.0.0/8 or ::1/128.'
    }
  })
}

export function hostPattern(): z.ZodType<HostPattern> {
  const json = { type: 'string', examples: ['api.example.test', '*.example.test'] }
  return scalar<HostPattern>({ syntax: '<host> | *.<suffix>', json }, (value) => {
    if (typeof value !== 'string') return wrongType('a host name or *.suffix', value)
    if (value === '*') return { value: { kind: 'any' } }
    const isWild = value.startsWith('*.')
    const name = (isWild ? value.slice(2) : value).toLowerCase()
    if (!isWild && name.startsWith('[') && name.endsWith(']') && isIpv6(name.slice(1, -1))) {
      return { value: { kind: 'exact', host: name } }
    }
    if (!isHost(name)) return notAHostPattern(value)
    const plain = name.endsWith('.') ? name.slice(0, -1) : name
    if (isWild) return { value: { kind: 'suffix', suffix: `.${plain}` } }
    return { value: { kind: 'exact', host: plain } }
  })
}

/** A host name for a Host field: a name or an address, with or without a port. */
export function hostField(): z.ZodType<string> {
  return scalar({ syntax: '<host>[:<port>]', json: { type: 'string' } }, (value) => {
    if (typeof value !== 'string') return wrongType('a host name', value)
    const isPlain = isHost(value) || /^\[[^\]]+\]$/.test(value)
    if (isPlain || parseHostPort(value) !== undefined) return { value }
    return { code: 'BAD_VALUE', message: `${show(value)} is not a host name.` }
  })
}

/** Begins with a slash; a trailing one is taken off, because prefixes end at segment boundaries. */
export function pathPrefix(): z.ZodType<string> {
  return scalar({ syntax: '/<path>', json: { type: 'string', pattern: '^/[^?#]*$' } }, (value) => {
    if (typeof value !== 'string') return wrongType('a path such as /api', value)
    if (!PATH.test(value)) return notAPath(value)
    if (/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(value)) {
      return { code: 'BAD_VALUE', message: `${show(value)} has a dot segment.` }
    }
    return { value: value.length > 1 ? value.replace(/\/+$/, '') || '/' : value }
  })
}

/** A path with an optional query, as it goes into a request line. */
export function requestTarget(): z.ZodType<string> {
  return scalar({ syntax: '/<path>', json: { type: 'string', pattern: '^/' } }, (value) => {
    if (typeof value !== 'string') return wrongType('a path such as /health', value)
    const [path = ''] = value.split('?', 1)
    if (PATH.test(path) && /^[\x21-\x7e]*$/.test(value) && !value.includes('#')) return { value }
    return notAPath(value)
  })
}

export function isIpv4(text: string): boolean {
  return z.ipv4().safeParse(text).success
}

export function isIpv6(text: string): boolean {
  return z.ipv6().safeParse(text).success
}

function isHost(text: string): boolean {
  if (text.length > MAX_HOST_LENGTH + 1 || !HOST_NAME.test(text)) return false
  // Four numbers with dots are meant as an address: 10.0.0.256 is a slip, not a name.
  return isIpv4(text) || !/^[\d.]+$/.test(text)
}

function notAnAddress(value: string, form: AddressForm): ReadingFault {
  const message = `${show(value)} is not ${form.what} (host:port).`
  const hint = addressHint(value, form)
  return { code: 'BAD_VALUE', message, ...(hint === undefined ? {} : { hint }) }
}

function addressHint(value: string, form: AddressForm): string | undefined {
  const url = /^[a-z]+:\/\/([^/]+)/i.exec(value)
  if (url !== null) return `Leave out the scheme and the path: "${url[1]!}".`
  if (/^:\d+$/.test(value))
    return `Write "0.0.0.0${value}" for every interface or "127.0.0.1${value}" for this machine.`
  if (/^\*:\d+$/.test(value)) return `Write "0.0.0.0${value.slice(1)}" for every interface.`
  if (/^\d+$/.test(value)) return `Write "127.0.0.1:${value}".`
  if (isIpv6(value)) return `Write an IPv6 address in brackets and add the port: "[${value}]:80".`
  if (isHost(value)) return `Add the port: "${value}:${form.mayBeZero ? '8080' : '80'}".`
  return undefined
}

function notAHostPattern(value: string): ReadingFault {
  const message = `${show(value)} is not a host name or *.suffix.`
  const withoutPort = parseHostPort(value)
  if (withoutPort !== undefined) {
    return {
      code: 'BAD_VALUE',
      message,
      hint: `Leave out the port: "${withoutPort.host}". Use \`listeners\` to tell ports apart.`
    }
  }
  if (value.includes('*')) {
    return {
      code: 'BAD_VALUE',
      message,
      hint: 'A * stands alone or at the front, as in *.example.test.'
    }
  }
  // eslint-disable-next-line no-control-regex -- everything outside ASCII is meant
  if (/[^\u0000-\u007f]/.test(value)) {
    return {
      code: 'BAD_VALUE',
      message,
      hint: 'Write the ASCII form of the name, which begins with xn--.'
    }
  }
  return { code: 'BAD_VALUE', message }
}

function notAPath(value: string): ReadingFault {
  const message = `${show(value)} is not a path.`
  if (!value.startsWith('/')) return { code: 'BAD_VALUE', message, hint: 'A path begins with "/".' }
  if (/[?#]/.test(value)) {
    return { code: 'BAD_VALUE', message, hint: 'Leave out the query and the fragment.' }
  }
  return {
    code: 'BAD_VALUE',
    message,
    hint: 'Percent-encode what a URL cannot hold, such as spaces.'
  }
}
