/**
 * The connections to one backend: idle ones on a stack (last used, first taken, so that
 * surplus ones age out), and every open one for the moment the backend goes down.
 */
import type { EngineContext } from '../engine/engine-context.ts'
import {
  ATTEMPT_FAILURES,
  type AttemptFailure,
  type LostAttempt
} from '../exchange/attempt-failure.ts'
import { noteFailedAttempt } from '../exchange/attempt-trail.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { UpstreamConnectionSettings, UpstreamTimeouts } from '../model/settings.ts'
import type { Backend } from '../pool/backend.ts'
import type { DialTarget } from './dial.ts'
import { UpstreamConnection } from './upstream-connection.ts'
import type { UpstreamTrust } from './upstream-trust.ts'

/** Servers close idle connections after seconds, not sooner: below this no check is needed. */
const FRESH_IDLE_MS = 250
/** An address that refused a connection is passed over for this time while there are others. */
const SHUN_ADDRESS_MS = 10_000

export interface ConnectionPoolSettings {
  readonly timeouts: UpstreamTimeouts
  readonly connections: UpstreamConnectionSettings
  readonly tls: UpstreamTrust | null
}

/** What the pool of backends does with an exchange that a connection could not carry. */
export interface ExchangeFailures {
  /** The attempt came to nothing: there will be another one, or the client is told. */
  attemptFailed(exchange: Exchange, failure: LostAttempt): void
  /** Whether there will be another attempt; if so, `retry` has to follow. */
  mayRetry(exchange: Exchange, failure: AttemptFailure): boolean
  retry(exchange: Exchange, failure: AttemptFailure): void
  /** A reused connection had been closed by the backend before it took the request. */
  staleConnection(exchange: Exchange): void
  /** The backend was marked down while the exchange waited for its response. */
  exchangeMoved(exchange: Exchange): void
}

export class ConnectionPool {
  readonly backend: Backend
  readonly context: EngineContext
  readonly failures: ExchangeFailures
  settings: ConnectionPoolSettings
  readonly #idle: UpstreamConnection[] = []
  readonly #open = new Set<UpstreamConnection>()
  readonly #addresses: () => readonly string[]
  #nextAddress = 0
  /** When the last dial of an address failed. */
  readonly #shunned = new Map<string, number>()
  #isRetired = false

  constructor(
    backend: Backend,
    settings: ConnectionPoolSettings,
    addresses: () => readonly string[],
    context: EngineContext,
    failures: ExchangeFailures
  ) {
    this.backend = backend
    this.settings = settings
    this.#addresses = addresses
    this.context = context
    this.failures = failures
  }

  get openCount(): number {
    return this.#open.size
  }
  get idleCount(): number {
    return this.#idle.length
  }
  get isRetired(): boolean {
    return this.#isRetired
  }

  /** Sends the exchange on an idle connection, or on a new one once it stands. */
  send(exchange: Exchange): void {
    const idle = exchange.needsFreshConnection ? undefined : this.#takeIdle()
    if (idle === undefined) {
      this.#connect(exchange)
      return
    }
    const idleMs = this.context.nowMs - idle.idleSinceMs
    if (idleMs < FRESH_IDLE_MS || exchange.isIdempotent) idle.begin(exchange)
    else this.#beginAfterEofCheck(idle, exchange)
  }

  /** A connection whose exchange is over and that may carry another. */
  giveBack(connection: UpstreamConnection): boolean {
    const { maxIdle, maxAgeMs } = this.settings.connections
    const isOld = maxAgeMs > 0 && this.context.nowMs - connection.openedMs >= maxAgeMs
    if (this.#isRetired || isOld || this.#idle.length >= maxIdle) return false
    if (connection.isOutdated) return false
    this.#idle.push(connection)
    return true
  }

  /** The connection is closed; called once for each. */
  forget(connection: UpstreamConnection): void {
    this.#open.delete(connection)
    const index = this.#idle.lastIndexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
  }

  /** Other trust means other connections: idle ones made under the old one are not used. */
  reconfigure(settings: ConnectionPoolSettings): void {
    const hasOtherTrust = this.settings.tls !== null || settings.tls !== null
    this.settings = settings
    if (hasOtherTrust) this.closeIdle()
  }

  /** The name resolves to other addresses now: connections to the old ones are not used again. */
  addressesChanged(): void {
    const addresses = this.#addresses()
    this.#shunned.clear()
    for (const connection of [...this.#open]) {
      if (addresses.includes(connection.address)) continue
      connection.isOutdated = true
      if (connection.exchange === null) connection.close()
    }
  }

  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.close()
  }

  /**
   * The backend is down: idle connections are worthless, and exchanges that wait for a
   * response may go elsewhere when sending them twice is safe.
   */
  abandon(): void {
    this.closeIdle()
    for (const connection of [...this.#open]) connection.moveElsewhere()
  }

  /** No new exchange; running ones finish, then their connections close. */
  retire(): void {
    this.#isRetired = true
    this.closeIdle()
  }

  /** Upgraded connections of a backend that is gone. */
  closeTunnels(): void {
    for (const connection of [...this.#open]) if (connection.isTunnel) connection.cutTunnel()
  }

  destroy(): void {
    this.retire()
    for (const connection of [...this.#open]) connection.close()
  }

  #takeIdle(): UpstreamConnection | undefined {
    const { maxAgeMs } = this.settings.connections
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined || maxAgeMs === 0) return connection
      if (this.context.nowMs - connection.openedMs < maxAgeMs) return connection
      connection.close()
    }
  }

  #connect(exchange: Exchange): void {
    const addresses = this.#addresses()
    if (addresses.length === 0) {
      const reason = `The name ${this.backend.settings.host} does not resolve.`
      this.backend.noteFailure(reason)
      if (this.context.traffic !== null) {
        noteFailedAttempt(exchange, this.backend.address, reason, this.context.nowMs)
      }
      this.failures.attemptFailed(exchange, ATTEMPT_FAILURES.connect)
      return
    }
    const { tls } = this.settings
    const target: DialTarget = {
      address: this.#chooseAddress(addresses),
      port: this.backend.settings.port,
      tls:
        tls === null ? null : { ...tls, serverName: tls.serverName ?? this.backend.settings.host }
    }
    this.#open.add(UpstreamConnection.connect(this, target, exchange))
    this.backend.counters.connectionsOpened++
  }

  /**
   * A backend is one address or several, in turn. One that does not take the connection is
   * no verdict on the backend as long as another has not been tried for this exchange.
   */
  dialFailed(connection: UpstreamConnection, exchange: Exchange, failure: LostAttempt): void {
    const addresses = this.#addresses()
    this.#shunned.set(connection.address, this.context.nowMs)
    if (++exchange.failedDials < addresses.length && this.backend.isHealthy) {
      exchange.trail?.reopen()
      this.#connect(exchange)
      return
    }
    exchange.failedDials = 0
    this.failures.attemptFailed(exchange, failure)
  }

  dialSucceeded(connection: UpstreamConnection): void {
    if (this.#shunned.size > 0) this.#shunned.delete(connection.address)
  }

  #chooseAddress(addresses: readonly string[]): string {
    for (let tries = 0; tries < addresses.length; tries++) {
      const address = addresses[this.#nextAddress++ % addresses.length]!
      const shunnedMs = this.#shunned.get(address) ?? -Infinity
      if (this.context.nowMs - shunnedMs >= SHUN_ADDRESS_MS) return address
    }
    return addresses[this.#nextAddress++ % addresses.length]!
  }

  /**
   * A request that must not be sent twice goes on a pooled connection only after one whole
   * turn of the event loop's poll phase: a FIN that the kernel already had has then been seen.
   */
  #beginAfterEofCheck(connection: UpstreamConnection, exchange: Exchange): void {
    connection.reserve(exchange)
    setImmediate(() =>
      setImmediate(() => {
        if (exchange.upstream !== connection || !connection.isReserved) return
        connection.begin(exchange)
      })
    )
  }
}
