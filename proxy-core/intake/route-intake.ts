/**
 * The requests of one route that are stored instead of being passed on: their bodies are read
 * whole, they are written to the store, and only then answered with 202.
 *
 * Stands where a pool stands for other exchanges, so that a route which stores nothing pays for
 * one look at `CompiledRoute.intake`.
 */
import { randomUUID } from 'node:crypto'
import type { EngineContext } from '../engine/engine-context.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { LocalTaker } from '../exchange/exchange-taker.ts'
import type { RequestParser } from '../http1/request-parser.ts'
import type { ClientExchanges } from '../listener/client-exchanges.ts'
import type { Refusal } from '../listener/refusal.ts'
import type { StoreRouteSettings } from '../model/store-settings.ts'
import { compileRequestKey, NO_KEY, type KeyReader } from '../routing/request-key.ts'
import type { FieldLookup } from '../routing/route-conditions.ts'
import { Intake } from './intake.ts'
import { INTAKE_REFUSALS } from './intake-refusals.ts'
import type { IntakeRoom } from './intake-room.ts'
import type { Admission, StoreGate } from './store-gate.ts'
import { storedHead } from './stored-head.ts'

/** How long a client waits for a disk that says neither yes nor no. */
const DISK_TIMEOUT_MS = 30_000

/** With those that are added a head that is delivered has at most 1024 (`http1/head-parser.ts`). */
const MAX_FIELDS = 1000

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

export interface IntakeServices {
  readonly context: EngineContext
  readonly gate: StoreGate
  readonly room: IntakeRoom
}

/** What admission knows of a request beside its head. */
export interface ReadRequest {
  readonly path: string
  readonly query: string
  /** As it will be sent. */
  readonly target: string
  readonly field: FieldLookup
}

export class RouteIntake extends LocalTaker {
  readonly #settings: StoreRouteSettings
  readonly #services: IntakeServices
  readonly #route: CompiledRoute
  readonly #methods: ReadonlySet<string>
  readonly #dropped: ReadonlySet<string>
  readonly #readKey: KeyReader | null
  readonly #limitBytes: number

  /** `compiled`: the route as it is for requests that are not stored. */
  constructor(compiled: CompiledRoute, settings: StoreRouteSettings, services: IntakeServices) {
    super()
    this.#settings = settings
    this.#services = services
    const own = { ...compiled.settings, retry: null, hold: null }
    this.#route = { ...compiled, settings: own, pool: this, retry: null, readKey: null }
    this.#methods = new Set(settings.methods)
    this.#dropped = new Set(settings.dropHeaders)
    this.#readKey = settings.key === null ? null : compileRequestKey(settings.key)
    const routeLimit = compiled.settings.bodyLimitBytes || Infinity
    this.#limitBytes = Math.min(settings.bodyLimitBytes, routeLimit)
  }

  /** A head is understood, and `exchange.requestText` has it as it would go to the backend. */
  admit(
    client: ClientExchanges,
    exchange: Exchange,
    parser: RequestParser,
    text: string,
    request: ReadRequest
  ): Refusal | null {
    if (exchange.wantsUpgrade || !this.#methods.has(exchange.method)) return null
    exchange.compiledRoute = this.#route
    if (exchange.bodyRemaining > this.#limitBytes) return INTAKE_REFUSALS.bodyTooLarge
    if (parser.fieldCount > MAX_FIELDS) return INTAKE_REFUSALS.tooManyFields
    const { gate, room, context } = this.#services
    if (gate.store === null) return INTAKE_REFUSALS.closed
    if (!room.has(exchange.bodyRemaining)) return INTAKE_REFUSALS.noRoom
    const receivedAtMs = context.clock.wallNow()
    const { ttlMs } = this.#settings
    const facts = {
      route: this.#route.settings.name,
      key: this.#keyOf(exchange, request),
      method: exchange.method,
      target: request.target,
      head: storedHead(exchange.requestText, this.#dropped),
      idempotencyKey: parser.field(text, 'idempotency-key') || randomUUID(),
      receivedAtMs,
      expiresAtMs: ttlMs === 0 ? Infinity : receivedAtMs + ttlMs
    }
    exchange.intake = new Intake(exchange, facts, {
      room,
      limitBytes: this.#limitBytes,
      headLength: exchange.requestText.length,
      isContinueDue: parser.expectsContinue && parser.minorVersion === 1,
      completed: () => this.#store(client, exchange)
    })
    return null
  }

  protected override take(exchange: Exchange): void {
    const client = exchange.client!
    const intake = exchange.intake!
    const refusal = intake.takeAttached(exchange)
    if (refusal !== null) return client.answer(exchange, refusal)
    if (exchange.isRequestComplete) return this.#store(client, exchange)
    if (intake.isContinueDue) client.transport.write(CONTINUE)
    client.upstreamReady()
  }

  protected override left(exchange: Exchange): void {
    exchange.intake?.leave()
    exchange.intake = null
  }

  #keyOf(exchange: Exchange, { path, query, field }: ReadRequest): string {
    if (this.#readKey === null) return NO_KEY
    return this.#readKey(path, query, exchange.clientAddress, field)
  }

  /** The whole request is here. */
  #store(client: ClientExchanges, exchange: Exchange): void {
    const intake = exchange.intake!
    const { gate } = this.#services
    client.setDeadline(DISK_TIMEOUT_MS + (gate.isBlocking ? gate.settings.blockTimeoutMs : 0))
    void gate.append(intake.takeEntry(), intake.left).then((admission) => {
      // Its client may have gone, and the record of the exchange may be another's by now.
      if (intake.isWanted) this.#answer(client, exchange, admission)
    })
  }

  #answer(client: ClientExchanges, exchange: Exchange, { id, refusal }: Admission): void {
    this.#services.context.tick()
    try {
      if (refusal !== null) return client.answer(exchange, refusal)
      const location = `${this.#settings.statusPath}/${id}`
      exchange.addedLines += `Location: ${location}\r\n`
      const body = `${JSON.stringify({ id, status: location })}\n`
      const content = { body, type: 'application/json' }
      client.answer(exchange, { status: 202, reason: '', termination: '', content })
    } catch (error) {
      client.broke(error)
    }
  }
}
