/**
 * The head that goes to the backend, written from the parsed parts of the client's head.
 * Neighbouring fields that pass unchanged and stand in canonical form are copied as one
 * piece of text; every octet of it has been checked by the parser.
 */
import type { ForwardedSettings } from '../model/settings.ts'
import { FieldKind } from './field-kind.ts'
import type { RequestParser } from './request-parser.ts'

const PASS = 0
const DROP = 1
const REWRITE = 2
const KINDS = 32

/** What is known of the client's connection, computed once for it. */
export interface ClientIdentity {
  /** The peer's address, without an IPv4-mapped prefix. */
  readonly peerAddress: string
  /** The peer is a proxy whose forwarding fields are believed. */
  readonly isTrusted: boolean
  readonly protocol: 'http' | 'https'
  /** "address:port" that the client connected to: the Host of an HTTP/1.0 request without one. */
  readonly localAuthority: string
  readonly forwarded: ForwardedSettings
  /** What becomes of each kind of field. */
  readonly actions: Uint8Array
  /** Fields that are added to every request of an untrusted peer. */
  readonly fixedFields: string
}

export interface RequestHeadParts {
  readonly method: string
  /** null: as received. */
  readonly target: string | null
  readonly host: string
  /** Name of the request-id field in lower case, or null. */
  readonly requestIdName: string | null
  /** The complete request-id line with CR LF, or ''. */
  readonly addedLines: string
  readonly keepsExpect: boolean
  readonly isUpgrade: boolean
}

/** The table of `ClientIdentity.actions`. */
export function fieldActions(forwarded: ForwardedSettings, isTrusted: boolean): Uint8Array {
  const actions = new Uint8Array(KINDS)
  for (const kind of [
    FieldKind.CONNECTION,
    FieldKind.HOP_BY_HOP,
    FieldKind.NOMINATED,
    FieldKind.UPGRADE
  ]) {
    actions[kind] = DROP
  }
  actions[FieldKind.CONTENT_LENGTH] = REWRITE
  actions[FieldKind.TRANSFER_ENCODING] = REWRITE
  actions[FieldKind.EXPECT] = REWRITE
  const isOurs = forwarded.xForwarded || forwarded.forwarded || forwarded.xRealIp
  if (isOurs && !isTrusted) {
    for (let kind = FieldKind.X_FORWARDED_FOR as number; kind <= FieldKind.FORWARDED; kind++) {
      actions[kind] = DROP
    }
  } else if (forwarded.xForwarded) {
    actions[FieldKind.X_FORWARDED_FOR] = REWRITE
  }
  return actions
}

/** The fields about an untrusted peer, except X-Forwarded-Host, which differs by request. */
export function fixedForwardedFields(
  forwarded: ForwardedSettings,
  peerAddress: string,
  protocol: string
): string {
  let fields = ''
  if (forwarded.xForwarded) {
    fields += `X-Forwarded-For: ${peerAddress}\r\nX-Forwarded-Proto: ${protocol}\r\n`
  }
  if (forwarded.xRealIp) fields += `X-Real-IP: ${peerAddress}\r\n`
  if (forwarded.via) fields += 'Via: 1.1 switchyard\r\n'
  return fields
}

/** `text`: the received head as latin1. Returns the forwarded head with its empty line. */
export function requestHeadText(
  parser: RequestParser,
  text: string,
  parts: RequestHeadParts,
  identity: ClientIdentity
): string {
  const isStartLineKept =
    parts.target === null && parser.minorVersion === 1 && parser.leadingLength === 0
  let head = isStartLineKept
    ? ''
    : `${parts.method} ${parts.target ?? text.substring(parser.targetStart, parser.targetEnd)} HTTP/1.1\r\n`
  let runStart = isStartLineKept ? 0 : parser.startLineLength
  const { kinds, offsets, isCanonical, fieldCount } = parser
  for (let index = 0; index < fieldCount; index++) {
    const action = identity.actions[kinds[index]!]!
    const isRequestId = parts.requestIdName !== null && isNamed(parser, text, index, parts)
    if (action === PASS && isCanonical[index] === 1 && !isRequestId) continue
    head += text.substring(runStart, offsets[index * 4]!)
    runStart = index + 1 < fieldCount ? offsets[index * 4 + 4]! : text.length - 2
    if (isRequestId) continue
    if (action === PASS) head += plainField(parser, text, index)
    else if (action === REWRITE) head += rewrittenField(parser, text, index, parts, identity)
  }
  head += text.substring(runStart, text.length - 2)
  return head + addedFields(parser, text, parts, identity) + '\r\n'
}

function isNamed(
  parser: RequestParser,
  text: string,
  index: number,
  parts: RequestHeadParts
): boolean {
  const name = parts.requestIdName!
  const length = parser.offsets[index * 4 + 1]! - parser.offsets[index * 4]!
  return length === name.length && parser.nameAt(text, index).toLowerCase() === name
}

function plainField(parser: RequestParser, text: string, index: number): string {
  return `${parser.nameAt(text, index)}: ${parser.valueAt(text, index)}\r\n`
}

function rewrittenField(
  parser: RequestParser,
  text: string,
  index: number,
  parts: RequestHeadParts,
  identity: ClientIdentity
): string {
  switch (parser.kinds[index]) {
    case FieldKind.CONTENT_LENGTH:
      return isFirstOfKind(parser, index) ? `Content-Length: ${parser.contentLength}\r\n` : ''
    case FieldKind.TRANSFER_ENCODING:
      return 'Transfer-Encoding: chunked\r\n'
    case FieldKind.EXPECT:
      return parts.keepsExpect ? 'Expect: 100-continue\r\n' : ''
    case FieldKind.X_FORWARDED_FOR:
      return index === parser.forwardedForIndex
        ? `X-Forwarded-For: ${forwardedForChain(parser, text)}, ${identity.peerAddress}\r\n`
        : ''
    default:
      return ''
  }
}

function isFirstOfKind(parser: RequestParser, index: number): boolean {
  return parser.kinds.indexOf(parser.kinds[index]!) === index
}

/** Every X-Forwarded-For value in order, as one list (RFC 9110 section 5.3). */
export function forwardedForChain(parser: RequestParser, text: string): string {
  const values: string[] = []
  for (let index = 0; index < parser.fieldCount; index++) {
    if (parser.kinds[index] === FieldKind.X_FORWARDED_FOR) values.push(parser.valueAt(text, index))
  }
  return values.join(', ')
}

function addedFields(
  parser: RequestParser,
  text: string,
  parts: RequestHeadParts,
  identity: ClientIdentity
): string {
  const { forwarded } = identity
  let fields = identity.isTrusted ? trustedFields(parser, identity) : identity.fixedFields
  if (
    forwarded.xForwarded &&
    parts.host !== '' &&
    !isKept(parser, FieldKind.X_FORWARDED_HOST, identity)
  ) {
    fields += `X-Forwarded-Host: ${parts.host}\r\n`
  }
  if (forwarded.forwarded) fields += forwardedField(parts, identity)
  if (parser.hostIndex < 0) fields += `Host: ${parts.host || identity.localAuthority}\r\n`
  if (parts.isUpgrade) {
    fields += `Connection: Upgrade\r\nUpgrade: ${parser.valueAt(text, parser.upgradeIndex)}\r\n`
  }
  return fields + parts.addedLines
}

/** For a trusted peer each field is added only where the peer did not send it. */
function trustedFields(parser: RequestParser, identity: ClientIdentity): string {
  const { forwarded, peerAddress, protocol } = identity
  let fields = ''
  if (forwarded.xForwarded) {
    if (!isKept(parser, FieldKind.X_FORWARDED_FOR, identity)) {
      fields += `X-Forwarded-For: ${peerAddress}\r\n`
    }
    if (!isKept(parser, FieldKind.X_FORWARDED_PROTO, identity)) {
      fields += `X-Forwarded-Proto: ${protocol}\r\n`
    }
  }
  if (forwarded.xRealIp && !isKept(parser, FieldKind.X_REAL_IP, identity)) {
    fields += `X-Real-IP: ${peerAddress}\r\n`
  }
  if (forwarded.via) fields += 'Via: 1.1 switchyard\r\n'
  return fields
}

function isKept(parser: RequestParser, kind: number, identity: ClientIdentity): boolean {
  if (!identity.isTrusted) return false
  for (let index = 0; index < parser.fieldCount; index++) {
    if (parser.kinds[index] === kind) return true
  }
  return false
}

/** RFC 7239: an IPv6 address is bracketed and quoted. */
function forwardedField(parts: RequestHeadParts, identity: ClientIdentity): string {
  const { peerAddress, protocol } = identity
  const node = peerAddress.includes(':') ? `"[${peerAddress}]"` : peerAddress
  const host = parts.host === '' ? '' : `;host="${parts.host}"`
  return `Forwarded: for=${node}${host};proto=${protocol}\r\n`
}
