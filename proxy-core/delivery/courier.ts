/**
 * Takes stored requests of one route to its backends, each through a client connection of its own
 * that has no socket: the route without its store, the pool, retries, breakers, logs and samples
 * are those of any other request.
 */
import type { AccessLog } from '../access-log/access-log.ts'
import type { EngineContext } from '../engine/engine-context.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import { ClientConnection } from '../listener/client-connection.ts'
import { Listener } from '../listener/listener.ts'
import { DEFAULT_LISTENER_CONNECTIONS, DEFAULT_ROUTE_TIMEOUTS } from '../model/default-settings.ts'
import type { RequestIdSettings, ListenerSettings, RouteSettings } from '../model/settings.ts'
import type { KeyReader } from '../routing/request-key.ts'
import { RouteTable } from '../routing/route-table.ts'
import type { Entry } from '../store/request-store.ts'
import { deliveredHead } from './delivered-head.ts'
import { DeliveryTransport } from './delivery-transport.ts'
import type { DeliveryReport } from './delivery-verdict.ts'

/** What was accepted must go: more than any listener takes, and what is added on the way. */
const LIMITS = { headBytes: 2 * 1024 * 1024, lineBytes: 2 * 1024 * 1024, fieldCount: 1024 }
/** The peer is this process. */
const OURSELVES = '127.0.0.1/32'

export interface CourierParts {
  readonly context: EngineContext
  /** As it is for requests that are not stored. */
  readonly route: CompiledRoute
  /** The pool goes by the same key as the order of deliveries. */
  readonly isPoolKeyed: boolean
  readonly accessLog: AccessLog | null
  readonly requestId: RequestIdSettings | null
  /** Whose word about the client was believed when the requests came. */
  readonly trustedProxies: readonly string[]
}

export class Courier {
  readonly #context: EngineContext
  readonly #listener: Listener
  readonly #running = new Set<ClientConnection>()
  /** What is handed over at this moment. */
  #handed: Entry | null = null
  #isCutting = false

  constructor(parts: CourierParts) {
    const { context, route, accessLog } = parts
    this.#context = context
    const readKey = this.#keyReader(route, parts.isPoolKeyed)
    const compiled = { ...route, settings: takingEverything(route.settings), readKey }
    const routes = new RouteTable<CompiledRoute>([{ ...compiled, limiter: null, intake: null }])
    this.#listener = new Listener(listenerSettings(parts), { routes, accessLog }, null, context)
  }

  /** Deliveries that run. */
  get busyCount(): number {
    return this.#running.size
  }

  /** Resolves when the backend has answered, or will not; never rejects. */
  deliver(entry: Entry, attempt: number): Promise<DeliveryReport> {
    if (this.#isCutting) return Promise.resolve({ kind: 'cut' })
    const { promise, resolve } = Promise.withResolvers<DeliveryReport>()
    const client = new ClientConnection(this.#listener)
    const request = {
      head: deliveredHead(entry, attempt),
      body: entry.body,
      isHead: entry.method === 'HEAD'
    }
    const { clock } = this.#context
    const transport = new DeliveryTransport(
      client,
      request,
      () => clock.wallNow(),
      (report) => {
        this.#running.delete(client)
        resolve(this.#isCutting ? { kind: 'cut' } : report)
      }
    )
    client.transport = transport
    this.#running.add(client)
    this.#handed = entry
    client.start()
    transport.begin()
    this.#handed = null
    return promise
  }

  /** What runs is broken off, and stays as it was. Returns how many that were. */
  cut(): number {
    this.#isCutting = true
    const running = [...this.#running]
    for (const client of running) client.abort('shutdown')
    return running.length
  }

  /**
   * Keys of the pool's algorithm: where it is the one that the order goes by, what was kept of it
   * counts, because the field it came from may have been dropped. A path is looked at as it came.
   */
  #keyReader(route: CompiledRoute, isPoolKeyed: boolean): KeyReader | null {
    const { readKey, settings } = route
    if (readKey === null) return null
    if (isPoolKeyed) return () => this.#handed?.key ?? ''
    return (path, query, client, field) => readKey(cameAs(path, settings), query, client, field)
  }
}

/** Undoes `rewriteTarget`. */
function cameAs(path: string, { pathPrefix, replacePrefix }: RouteSettings): string {
  if (replacePrefix === null || !path.startsWith(replacePrefix)) return path
  const rest = path.slice(replacePrefix === '/' ? 0 : replacePrefix.length)
  return pathPrefix === '/' ? rest : `${pathPrefix}${rest === '/' ? '' : rest}`
}

/** Whatever is delivered belongs to this route: it was matched when it came. */
function takingEverything(settings: RouteSettings): RouteSettings {
  return {
    ...settings,
    listeners: [],
    host: { kind: 'any' },
    pathPrefix: '/',
    methods: [],
    headers: [],
    replacePrefix: null,
    bodyLimitBytes: 0,
    rateLimits: [],
    // A stored request waits where it is, and takes nobody's place in the line of the pool.
    hold: null
  }
}

function listenerSettings({ route, requestId, trustedProxies }: CourierParts): ListenerSettings {
  const { name, timeouts } = route.settings
  const patienceMs = timeouts.idleMs || DEFAULT_ROUTE_TIMEOUTS.idleMs
  return {
    // No listener of the configuration can have a colon in its name.
    name: `delivery:${name}`,
    address: { host: '127.0.0.1', port: 0 },
    tls: null,
    isHttp2Spoken: false,
    accessLog: null,
    maxConnections: DEFAULT_LISTENER_CONNECTIONS,
    trustedProxies: [OURSELVES, ...trustedProxies],
    // The fields about the client were written when it was there.
    forwarded: { xForwarded: false, xRealIp: false, forwarded: false, via: false },
    requestId,
    limits: LIMITS,
    timeouts: { requestHeadMs: patienceMs, requestBodyMs: patienceMs, keepAliveMs: patienceMs }
  }
}
