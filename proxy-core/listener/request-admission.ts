/**
 * From a parsed head to an exchange that may be dispatched: target and authority, body
 * framing, route, limits, and the head that will be forwarded. Everything that depends on
 * the received octets happens here, because they are gone when the read callback returns.
 */
import { BodyFraming, type Exchange } from '../exchange/exchange.ts'
import type { HeadFault } from '../http1/head-fault.ts'
import { ChunkedFramer } from '../http1/chunked-framer.ts'
import { ConnectionOption } from '../http1/head-parser.ts'
import { FieldKind } from '../http1/field-kind.ts'
import type { RequestParser } from '../http1/request-parser.ts'
import { requestHeadText } from '../http1/request-writer.ts'
import { rewriteTarget } from '../routing/rewrite-target.ts'
import type { FieldLookup } from '../routing/route-conditions.ts'
import type { ClientExchanges } from './client-exchanges.ts'
import { effectiveClientAddress } from './client-address.ts'
import { REFUSALS, type Refusal } from './refusal.ts'
import { newRequestId } from './request-id.ts'
import { requestTarget } from './request-target.ts'

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])

/**
 * Fills `exchange` from the head. Returns null when it may be dispatched. A refusal of status
 * 400 and its like means that the framing cannot be trusted: the connection must close.
 */
export function admitRequest(
  client: ClientExchanges,
  exchange: Exchange,
  parser: RequestParser,
  text: string
): Refusal | null {
  const methodStart = parser.leadingLength
  const method = text.substring(methodStart, methodStart + parser.methodLength)
  const received = text.substring(parser.targetStart, parser.targetEnd)
  const hostField = parser.hostIndex < 0 ? '' : parser.valueAt(text, parser.hostIndex)
  const isModern = parser.minorVersion === 1
  exchange.method = method
  exchange.target = received
  exchange.host = hostField
  exchange.httpVersion = isModern ? '1.1' : '1.0'
  exchange.isHead = method === 'HEAD'
  exchange.isIdempotent = IDEMPOTENT.has(method)
  exchange.keepsAlive =
    (parser.connectionOptions & ConnectionOption.CLOSE) === 0 &&
    (isModern || (parser.connectionOptions & ConnectionOption.KEEP_ALIVE) !== 0)
  exchange.isLast = !exchange.keepsAlive
  exchange.clientAddress = client.identity.isTrusted
    ? effectiveClientAddress(client.listener.trust, parser, text, client.identity.peerAddress)
    : client.identity.peerAddress
  const parsed = requestTarget(received, method, hostField)
  if ('reason' in parsed) return refusal(parsed)
  exchange.host = parsed.host
  frameBody(exchange, parser)
  parser.markNominated(text)
  exchange.wantsUpgrade = isUpgrade(exchange, parser, text)
  return route(client, exchange, parser, text, parsed.target)
}

function refusal(fault: HeadFault): Refusal {
  return { status: fault.status, reason: fault.reason, termination: 'bad_request' }
}

function frameBody(exchange: Exchange, parser: RequestParser): void {
  if (parser.isChunked) {
    exchange.bodyFraming = BodyFraming.CHUNKED
    exchange.bodyFramer = new ChunkedFramer(false)
  } else if (parser.contentLength > 0) {
    exchange.bodyFraming = BodyFraming.LENGTH
    exchange.bodyRemaining = parser.contentLength
  } else {
    exchange.isRequestComplete = true
  }
}

/**
 * An upgrade is passed on only without a body, and never to h2c: a tunnel in a protocol that
 * we do not read would carry requests past every rule (the "h2c smuggling" of 2020).
 */
function isUpgrade(exchange: Exchange, parser: RequestParser, text: string): boolean {
  if (parser.upgradeIndex < 0 || exchange.httpVersion === '1.0') return false
  if ((parser.connectionOptions & ConnectionOption.UPGRADE) === 0) return false
  if (exchange.bodyFraming !== BodyFraming.NONE) return false
  return !/\bh2c?\b/i.test(parser.valueAt(text, parser.upgradeIndex))
}

function route(
  client: ClientExchanges,
  exchange: Exchange,
  parser: RequestParser,
  text: string,
  target: string
): Refusal | null {
  const { listener } = client
  const queryStart = target.indexOf('?')
  const path = queryStart < 0 ? target : target.substring(0, queryStart)
  const field: FieldLookup =
    parser.nominated === null && parser.fieldCount === 0
      ? noField
      : (name) => parser.field(text, name)
  const compiled = listener.routes.match(
    listener.name,
    exchange.host,
    path === '*' ? '/' : path,
    exchange.method,
    field
  )
  if (compiled === undefined) {
    return REFUSALS.noRoute
  }
  exchange.compiledRoute = compiled
  const { settings, limiter, retry } = compiled
  prepareLog(client, exchange, parser, text)
  if (limiter !== null) {
    const refused = limiter.decide(exchange.clientAddress, parser, text, listener.context.nowMs)
    exchange.addedLines += limiter.fields
    if (refused !== null) return { ...REFUSALS.rateLimited, ...refused }
  }
  if (!exchange.isIdempotent && (retry !== null || settings.hold !== null)) {
    exchange.isIdempotent = retry?.settings.isForAllMethods === true || hasKey(parser, text)
  }
  const { sticky } = compiled.pool
  if (sticky !== null) exchange.stickyBackend = sticky.backendOf(parser, text)
  if (exchange.bodyRemaining > settings.bodyLimitBytes && settings.bodyLimitBytes > 0) {
    return REFUSALS.bodyTooLarge
  }
  if (compiled.readKey !== null) {
    const query = queryStart < 0 ? '' : target.substring(queryStart + 1)
    exchange.key = compiled.readKey(path, query, exchange.clientAddress, field)
  }
  const rewritten =
    settings.replacePrefix === null
      ? target
      : rewriteTarget(settings, path, queryStart < 0 ? '' : target.substring(queryStart))
  exchange.requestText = forwardedHead(client, exchange, parser, text, rewritten)
  if (compiled.intake === null) return null
  const query = queryStart < 0 ? '' : target.substring(queryStart + 1)
  const request = { path, query, target: rewritten, field }
  return compiled.intake.admit(client, exchange, parser, text, request)
}

/** draft-ietf-httpapi-idempotency-key-header: the backend takes a repetition for what it is. */
function hasKey(parser: RequestParser, text: string): boolean {
  return (parser.field(text, 'idempotency-key') ?? '') !== ''
}

function noField(): undefined {
  return undefined
}

function prepareLog(
  client: ClientExchanges,
  exchange: Exchange,
  parser: RequestParser,
  text: string
): void {
  const { listener } = client
  if (listener.accessLog === null || !exchange.compiledRoute!.settings.accessLog) return
  exchange.isLogged = true
  for (let index = 0; index < parser.fieldCount; index++) {
    const kind = parser.kinds[index]
    if (kind === FieldKind.USER_AGENT) exchange.userAgent ??= parser.valueAt(text, index)
    else if (kind === FieldKind.REFERER) exchange.referer ??= parser.valueAt(text, index)
  }
}

function forwardedHead(
  client: ClientExchanges,
  exchange: Exchange,
  parser: RequestParser,
  text: string,
  target: string
): string {
  const { settings } = client.listener
  let addedLines = ''
  let requestIdName: string | null = null
  if (settings.requestId !== null) {
    requestIdName = settings.requestId.header.toLowerCase()
    const received = client.identity.isTrusted ? parser.field(text, requestIdName) : undefined
    exchange.requestId = newRequestId(received)
    addedLines = `${settings.requestId.header}: ${exchange.requestId}\r\n`
  }
  return requestHeadText(
    parser,
    text,
    {
      method: exchange.method,
      target: target === exchange.target ? null : target,
      host: exchange.host,
      requestIdName,
      addedLines,
      keepsExpect:
        parser.expectsContinue && !exchange.isRequestComplete && parser.minorVersion === 1,
      isUpgrade: exchange.wantsUpgrade
    },
    client.identity
  )
}
