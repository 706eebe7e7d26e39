/**
 * One client's connection: what it asks goes out as exchanges, one after the other, and comes
 * back as answers in the same order. What the octets mean is `request-reader.ts`'s.
 */
import type { ClientIdentity } from '../http1/request-writer.ts'
import type { TransportOwner } from '../transport/transport.ts'
import { LINGER_MS } from './client-deadlines.ts'
import { ClientExchanges } from './client-exchanges.ts'
import { ClientPhase } from './client-phase.ts'
import type { Listener } from './listener.ts'
import { RequestReader } from './request-reader.ts'

/** Who keeps the connection: its listener, or the session whose stream it is. */
export interface ConnectionKeeper {
  forget(client: ClientConnection): void
}

export class ClientConnection extends ClientExchanges implements TransportOwner {
  readonly #keeper: ConnectionKeeper
  readonly #reader = new RequestReader(this)
  #identity: ClientIdentity | null = null
  #identityGeneration = 0
  #hasPeerEnded = false

  constructor(listener: Listener, keeper: ConnectionKeeper = listener) {
    super(listener)
    this.#keeper = keeper
  }

  /** After `transport` is set. */
  start(): void {
    this.listener.context.tick()
    this.setDeadline(this.listener.settings.timeouts.requestHeadMs)
  }

  override get identity(): ClientIdentity {
    const { generation } = this.listener
    if (this.#identity === null || this.#identityGeneration !== generation) {
      this.#identity = this.listener.identify(this.transport)
      this.#identityGeneration = generation
    }
    return this.#identity
  }
  get busyCount(): number {
    return this.exchange === null ? 0 : 1
  }
  override get isHttp2(): boolean {
    return this.#keeper !== this.listener
  }
  override get mayKeepAlive(): boolean {
    return !this.listener.isDraining && !(this.#hasPeerEnded && !this.#reader.hasMore)
  }

  bytesArrived(buffer: Buffer, end: number): void {
    this.listener.context.tick()
    this.#reader.arrived(buffer, end)
  }

  /** The upstream can take octets again. */
  override proceed(): void {
    if (this.phase !== ClientPhase.CLOSED) this.#reader.proceed()
  }

  /** A head has begun to arrive. */
  headBegan(): void {
    this.phase = ClientPhase.HEAD
    this.setDeadline(this.listener.settings.timeouts.requestHeadMs)
  }

  /** Everything that has come so far is understood. */
  inputConsumed(): void {
    if (this.#hasPeerEnded) this.#inputEnded()
  }

  /** No further request: idle connections close now, busy ones after their answer. */
  drain(): void {
    if (this.phase === ClientPhase.IDLE && !this.#reader.hasMore) this.close(false)
  }

  drained(): void {
    const { context, settings } = this.listener
    context.tick()
    if (this.endStall()) {
      if (this.phase === ClientPhase.IDLE) this.#awaitRequest()
      else if (this.phase === ClientPhase.CLOSING) this.setDeadline(LINGER_MS)
      else if (this.phase === ClientPhase.TUNNEL) this.tunnelActive()
      else this.setDeadline(this.phase === ClientPhase.BODY ? settings.timeouts.requestBodyMs : 0)
    }
    this.exchange?.upstream?.clientDrained()
  }

  peerEnded(): void {
    this.listener.context.tick()
    this.#hasPeerEnded = true
    if (!this.#reader.hasMore) this.#inputEnded()
  }

  closed(): void {
    this.listener.context.tick()
    if (this.exchange !== null) this.clientLeft()
    this.phase = ClientPhase.CLOSED
    this.#reader.discard()
    this.listener.context.wheel.remove(this)
    this.#keeper.forget(this)
  }

  /** The client has sent FIN, and everything before it is understood. */
  #inputEnded(): void {
    switch (this.phase) {
      case ClientPhase.TUNNEL:
        this.exchange?.upstream?.transport.end()
        break
      case ClientPhase.WAIT:
        // A client may close its sending side and still wait for the answer.
        break
      case ClientPhase.BODY:
        this.clientLeft()
        break
      case ClientPhase.CLOSING:
        if (!this.transport.hasPendingWrites) this.transport.destroy()
        break
      default:
        this.close(false)
    }
  }

  protected override cut(isReset: boolean): void {
    this.phase = ClientPhase.CLOSING
    this.#reader.discard()
    this.transport.destroy(isReset)
  }

  protected override becomeIdle(): void {
    this.phase = ClientPhase.IDLE
    if (this.transport.isBlocked) this.writeStalled()
    else this.#awaitRequest()
  }

  #awaitRequest(): void {
    if (!this.#reader.hasMore && !this.mayKeepAlive) {
      this.close(!this.#hasPeerEnded)
      return
    }
    this.isPipelined = this.#reader.hasMore
    this.setDeadline(this.listener.settings.timeouts.keepAliveMs)
    this.#reader.proceed()
  }

  /**
   * After the last answer. Closing at once is safe when nothing is pending and nothing can
   * still come in: octets that arrive at a closed socket make the kernel send RST, which can
   * destroy an answer that the client has not read yet.
   */
  protected override close(mayReceive: boolean): void {
    const { transport } = this
    const isExpecting = mayReceive || this.#reader.hasMore
    this.phase = ClientPhase.CLOSING
    this.#reader.discard()
    if (transport.hasPendingWrites) {
      this.writeStalled()
    } else if (isExpecting) {
      this.setDeadline(LINGER_MS)
    } else {
      transport.destroy()
      return
    }
    transport.end()
    transport.resume()
  }
}
