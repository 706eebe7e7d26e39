/**
 * The admin listener of the engine: health, metrics, statistics and the control API.
 * It runs on `node:http`, beside the traffic and never in its way: few connections,
 * small requests, long answers in pieces. Trust: `request-guard.ts` and design section 8.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse
} from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { EngineCommands, EngineView } from '../engine/engine-view.ts'
import { listenFailure } from '../listener/listen-failure.ts'
import { readProcessFacts, type ProcessFacts } from '../metrics/process-facts.ts'
import type { EventSink } from '../model/engine-event.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { AdminSettings, HostPort } from '../model/settings.ts'
import type { Clock } from '../time/clock.ts'
import { loadCertificate, type CertificateLoader } from './admin-certificate.ts'
import { checkOrigin, needsToken } from './admission.ts'
import type { AdminAnswer, AdminHandler, AdminMethod, PageAnswer } from './admin-route.ts'
import { sendAnswer } from './answer-writer.ts'
import { errorAnswer } from './error-answer.ts'
import { EventStreams } from './event-streams.ts'
import { readJsonBody } from './request-body.ts'
import { isLoopback } from '../model/schema/addresses.ts'
import { hasToken } from './request-guard.ts'
import { restartReason } from './restart-reason.ts'
import { matchRoute, type RouteMatch } from './routes.ts'

export interface AdminDependencies {
  readonly view: EngineView
  readonly commands: EngineCommands
  readonly settings: AdminSettings
  /** What `Authorization: Bearer` must carry. An empty one never matches. */
  readonly token: string
  readonly clock: Clock
  /** Told of errors that no client can be told: a failed accept, a defect in a handler. */
  readonly emit: EventSink
  readonly loadCertificate?: CertificateLoader
  /** Default: `ADMIN_LIMITS`. */
  readonly limits?: AdminLimits
  readonly readProcess?: () => Promise<ProcessFacts>
  /** Default: nothing is kept. */
  readonly keepOverlay?: () => Promise<void>
}

/** What one client, or all together, may cost. */
export interface AdminLimits {
  /** From the first byte of a request, or the accept, to the end of its head. */
  readonly headMs: number
  /** To the end of its body. */
  readonly requestMs: number
  /** Neither sent nor read anything. */
  readonly idleMs: number
  /** Connections at one time; further ones are closed at once. */
  readonly connections: number
}

export const ADMIN_LIMITS: AdminLimits = {
  headMs: 5000,
  requestMs: 10_000,
  idleMs: 30_000,
  connections: 128
}

/** After `close()`, how long an answer may still take to be sent. */
const CLOSE_GRACE_MS = 1000
const HEAD_LIMIT_BYTES = 16 * 1024
const KEEP_ALIVE_MS = 5000

export class AdminServer {
  readonly #deps: AdminDependencies
  readonly #limits: AdminLimits
  readonly #streams: EventStreams
  #settings: AdminSettings
  #server: Server | TlsServer | null = null

  constructor(deps: AdminDependencies) {
    this.#deps = deps
    this.#limits = deps.limits ?? ADMIN_LIMITS
    this.#streams = new EventStreams(deps.view, deps.clock)
    this.#settings = deps.settings
  }

  /**
   * Resolves to the address really bound. Rejects with ADMIN_EXPOSED, CERTIFICATE_INVALID,
   * PORT_IN_USE, ADDRESS_NOT_AVAILABLE, PORT_NOT_PERMITTED or LISTEN_FAILED.
   */
  async listen(): Promise<HostPort> {
    const { address, tls } = this.#settings
    checkExposure(this.#settings)
    const onRequest = (message: IncomingMessage, response: ServerResponse): void => {
      void this.#serve(message, response)
    }
    const options = serverOptions(this.#limits)
    const server = tls
      ? createTlsServer({ ...options, ...(await this.#load(tls)) }, onRequest)
      : createServer(options, onRequest)
    server.maxConnections = this.#limits.connections
    server.setTimeout(this.#limits.idleMs)
    await open(server, address)
    server.on('error', (error) => this.#reportAcceptError(error))
    this.#server = server
    return { host: address.host, port: (server.address() as AddressInfo).port }
  }

  /**
   * Takes new settings and reads the certificate files again. Rejects with
   * CONFIG_NEEDS_RESTART, ADMIN_EXPOSED or CERTIFICATE_INVALID and changes nothing then.
   * Who follows the events under other rules than the new ones has to ask again.
   */
  async reconfigure(settings: AdminSettings): Promise<void> {
    const reason = restartReason(this.#settings, settings)
    if (reason !== null) throw new SwitchyardError('CONFIG_NEEDS_RESTART', reason)
    checkExposure(settings)
    if (settings.tls && this.#server && 'setSecureContext' in this.#server) {
      this.#server.setSecureContext(await this.#load(settings.tls))
    }
    if (!isDeepStrictEqual(this.#settings, settings)) this.#streams.endAll()
    this.#settings = settings
  }

  /** Clients that follow the events now. */
  get streamCount(): number {
    return this.#streams.count
  }

  /** The engine has another event to show. */
  eventHappened(): void {
    this.#streams.eventHappened()
  }

  /** Stops accepting, lets answers that run be sent for at most a second. Idempotent. */
  async close(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server) return
    this.#streams.endAll()
    const cut = this.#deps.clock.setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    // Node closes idle connections at once.
    await new Promise<void>((resolve) => server.close(() => resolve()))
    cut.cancel()
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that leaves is no fault of ours and needs no answer.
    response.on('error', () => response.destroy())
    try {
      const answer = await this.#answer(message, response)
      if ('eventsSince' in answer) this.#streams.open(response, answer.eventsSince)
      else await this.#send(response, answer)
    } catch (error) {
      if (!(error instanceof SwitchyardError)) this.#reportDefect(message, error)
      await this.#send(response, errorAnswer(error))
    }
  }

  #send(response: ServerResponse, answer: PageAnswer): Promise<void> {
    const isClosing = this.#server === null
    if (isClosing && !response.headersSent) response.setHeader('Connection', 'close')
    return sendAnswer(response, answer)
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<AdminAnswer> {
    const [path, query] = splitTarget(message.url ?? '')
    const match = matchRoute(path)
    if (match?.route.access !== 'public') checkOrigin(message, this.#settings)
    if (!match) throw new SwitchyardError('ADMIN_PATH_UNKNOWN', 'The admin API has no such path.')
    this.#admit(message, response, match)
    const handle = handlerOf(match, message.method ?? '', response)
    return handle({
      view: this.#deps.view,
      commands: this.#deps.commands,
      clock: this.#deps.clock,
      readProcess: this.#deps.readProcess ?? readProcessFacts,
      keepOverlay: this.#deps.keepOverlay ?? keepNothing,
      params: match.params,
      search: new URLSearchParams(query),
      accept: message.method === 'HEAD' ? '' : (message.headers.accept ?? ''),
      lastEventId: message.headers['last-event-id']?.toString() ?? null,
      readBody: (schema) => readJsonBody(message, schema)
    })
  }

  #admit(message: IncomingMessage, response: ServerResponse, { route }: RouteMatch): void {
    if (!needsToken(route.access, this.#settings)) return
    if (hasToken(message.headers.authorization, this.#deps.token)) return
    response.setHeader('WWW-Authenticate', 'Bearer realm="switchyard"')
    throw new SwitchyardError('ADMIN_TOKEN_REQUIRED', 'This path needs the admin token.')
  }

  #load(files: NonNullable<AdminSettings['tls']>): ReturnType<CertificateLoader> {
    return (this.#deps.loadCertificate ?? loadCertificate)(files)
  }

  #reportAcceptError(error: NodeJS.ErrnoException): void {
    const isExhausted = error.code === 'EMFILE' || error.code === 'ENFILE'
    this.#deps.emit({
      kind: 'fault',
      code: isExhausted ? 'FILE_DESCRIPTORS_EXHAUSTED' : 'LISTEN_FAILED',
      reason: `The admin server could not accept a connection: ${error.message}.`
    })
  }

  #reportDefect(message: IncomingMessage, error: unknown): void {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    this.#deps.emit({
      kind: 'fault',
      code: 'INTERNAL',
      reason: `${message.method} ${splitTarget(message.url ?? '')[0]} on the admin API: ${reason}`
    })
  }
}

async function keepNothing(): Promise<void> {}

function serverOptions({ headMs, requestMs }: AdminLimits): ServerOptions {
  return {
    maxHeaderSize: HEAD_LIMIT_BYTES,
    headersTimeout: headMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1000, headMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The health paths answer without a Host field; every other path checks it itself.
    requireHostHeader: false
  }
}

/** Throws ADMIN_EXPOSED. */
function checkExposure({ address, tls, auth, allowedHosts }: AdminSettings): void {
  if (isLoopback(address.host)) return
  const missing = [
    ...(tls ? [] : ['admin.tls']),
    ...(auth === 'token' ? [] : ['auth: token']),
    ...(allowedHosts.length > 0 ? [] : ['admin.allowed_hosts'])
  ]
  if (missing.length === 0) return
  throw new SwitchyardError(
    'ADMIN_EXPOSED',
    `${address.host} is reachable from other machines, and ${missing.join(' and ')} is missing.`
  )
}

/** HEAD is a GET whose body Node leaves out. Throws ADMIN_METHOD_NOT_ALLOWED. */
function handlerOf({ route }: RouteMatch, method: string, response: ServerResponse): AdminHandler {
  const known: readonly string[] = Object.keys(route.methods)
  const wanted = method === 'HEAD' ? 'GET' : method
  const operation = known.includes(wanted) ? route.methods[wanted as AdminMethod] : undefined
  if (operation) return operation.handle
  response.setHeader(
    'Allow',
    known.flatMap((name) => (name === 'GET' ? [name, 'HEAD'] : [name])).join(', ')
  )
  throw new SwitchyardError(
    'ADMIN_METHOD_NOT_ALLOWED',
    `${route.path} does not answer to ${method}.`
  )
}

function open(server: Server, address: HostPort): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => {
      reject(listenFailure('The admin server', address, error))
    }
    server.once('error', refuse)
    server.listen(address.port, address.host, () => {
      server.off('error', refuse)
      resolve()
    })
  })
}

/** Only the origin form names a path here; an absolute one matches nothing. */
function splitTarget(target: string): readonly [path: string, query: string] {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
}
