/**
 * Understands what a client sends: heads, bodies, and what follows an upgrade. Requests are
 * read one after the other, never ahead of the exchange that runs.
 *
 * Octets that belong to a later phase are stashed. Reading goes on meanwhile, so that a client
 * that leaves is noticed, until so many are held back that the client has to wait.
 */
import type { Exchange } from '../exchange/exchange.ts'
import type { HeadFault } from '../http1/head-fault.ts'
import { FAULTY, INCOMPLETE } from '../http1/head-parser.ts'
import { PartialHead } from '../http1/partial-head.ts'
import { RequestParser } from '../http1/request-parser.ts'
import type { ClientConnection } from './client-connection.ts'
import { ClientPhase } from './client-phase.ts'
import { REFUSALS, type Refusal } from './refusal.ts'
import { attachSmallBody, keepBody, relayBody } from './request-body.ts'

/** From this much on nothing more is read. One read may bring more than that. */
const MAX_STASH_BYTES = 16 * 1024

const SHARED_PARSER = new RequestParser()

export class RequestReader {
  readonly #client: ClientConnection
  /** A head that did not come in one piece. */
  #partial: PartialHead<RequestParser> | null = null
  #stash: Buffer | null = null
  #isConsuming = false

  constructor(client: ClientConnection) {
    this.#client = client
  }

  /** Octets have come that no request has taken yet. */
  get hasMore(): boolean {
    return this.#stash !== null || this.#isConsuming
  }

  arrived(buffer: Buffer, end: number): void {
    if (this.#stash === null) this.#consume(buffer, 0, end)
    else this.#hold(Buffer.concat([this.#stash, buffer.subarray(0, end)]))
  }

  /** The upstream can take octets again, or a later phase has begun: goes on where it stopped. */
  proceed(): void {
    if (this.#isConsuming) return
    const stash = this.#stash
    if (stash !== null) {
      this.#stash = null
      this.#consume(stash, 0, stash.length)
    }
    const client = this.#client
    if (this.#stash !== null || client.isUpstreamBlocked) return
    client.transport.resume()
    client.inputConsumed()
  }

  /** Nothing of what has come is wanted any more. */
  discard(): void {
    this.#stash = null
    this.#partial = null
  }

  #consume(buffer: Buffer, start: number, end: number): void {
    const client = this.#client
    this.#isConsuming = true
    try {
      this.#consumeSteps(buffer, start, end)
    } catch (error) {
      client.broke(error)
    }
    this.#isConsuming = false
    if (client.isUpstreamBlocked) client.uploadStalled()
    else if (this.#stash === null) client.inputConsumed()
  }

  #hold(octets: Buffer): void {
    this.#stash = octets
    if (octets.length >= MAX_STASH_BYTES) this.#client.transport.pause()
  }

  #consumeSteps(buffer: Buffer, start: number, end: number): void {
    let at = start
    while (at < end && this.#client.phase !== ClientPhase.CLOSED) {
      const next = this.#step(buffer, at, end)
      if (next === at) {
        this.#hold(Buffer.from(buffer.subarray(at, end)))
        return
      }
      at = next
    }
  }

  /** Returns how far the octets were used; `start` means that they must wait. */
  #step(buffer: Buffer, start: number, end: number): number {
    const client = this.#client
    switch (client.phase) {
      case ClientPhase.IDLE:
        // Answers that the client does not read must not pile up here.
        return client.transport.isBlocked ? start : this.#beginHead(buffer, start, end)
      case ClientPhase.HEAD:
        return this.#continueHead(buffer, start, end)
      case ClientPhase.BODY:
        return this.#relayBody(buffer, start, end)
      case ClientPhase.TUNNEL:
        return this.#relayTunnel(buffer, start, end)
      case ClientPhase.WAIT:
        return start
      default:
        return end
    }
  }

  #beginHead(buffer: Buffer, start: number, end: number): number {
    const client = this.#client
    const { limits } = client.listener.settings
    SHARED_PARSER.reset()
    const next = SHARED_PARSER.parse(buffer, start, end, limits)
    if (next > INCOMPLETE) {
      const head = buffer.toString('latin1', start, next)
      return this.#attachBody(buffer, next + client.begin(SHARED_PARSER, head, end - next), end)
    }
    if (next === FAULTY) return this.#refuse(SHARED_PARSER.fault!, end)
    // Empty lines are no head yet: old clients send one behind a body (RFC 9112 section 2.2).
    if (SHARED_PARSER.leadingLength === end - start) return end
    this.#partial = new PartialHead(new RequestParser(limits.fieldCount + 1), buffer, start, end)
    client.headBegan()
    return end
  }

  #continueHead(buffer: Buffer, start: number, end: number): number {
    const client = this.#client
    const partial = this.#partial!
    const next = partial.append(buffer, start, end, client.listener.settings.limits)
    if (next === FAULTY) return this.#refuse(partial.parser.fault!, end)
    if (next === INCOMPLETE) return end
    this.#partial = null
    const head = partial.buffer.toString('latin1', 0, next)
    const following = partial.length - next
    const passedOver = client.begin(partial.parser, head, following)
    return this.#attachBody(buffer, end - following + passedOver, end)
  }

  /** Takes what came of the body with the head, then has the exchange dispatched. */
  #attachBody(buffer: Buffer, start: number, end: number): number {
    const client = this.#client
    const { exchange } = client
    // The request was refused.
    if (exchange === null) return client.phase === ClientPhase.CLOSING ? end : start
    let at = start
    if (!exchange.isRequestComplete && end > start) {
      at = attachSmallBody(exchange, buffer, start, end)
      if (exchange.isRequestComplete) client.phase = ClientPhase.WAIT
    }
    client.dispatch(exchange)
    return at
  }

  #relayBody(buffer: Buffer, start: number, end: number): number {
    const client = this.#client
    const exchange = client.exchange!
    const { upstream } = exchange
    if (exchange.hold !== null && exchange.hold.isWaiting) return this.#keepBody(buffer, start, end)
    if (upstream === null) {
      return exchange.intake === null ? start : this.#collectBody(exchange, buffer, start, end)
    }
    if (!upstream.takesBody || upstream.transport.isBlocked) return start
    if (exchange.spool !== null && exchange.spool.isBlocked) return start
    const progress = relayBody(exchange, client.transport, buffer, start, end)
    if (progress.fault !== null) return this.#refuse(progress.fault, end)
    const limit = exchange.compiledRoute!.settings.bodyLimitBytes
    if (limit > 0 && exchange.requestBytes > limit) return this.#refuse(REFUSALS.bodyTooLarge, end)
    if (exchange.isRequestComplete) {
      client.requestComplete(upstream)
    } else {
      client.setDeadline(client.listener.settings.timeouts.requestBodyMs)
    }
    return progress.end
  }

  /** The request waits for a backend, and its body here with it. */
  #keepBody(buffer: Buffer, start: number, end: number): number {
    const client = this.#client
    const exchange = client.exchange!
    if (exchange.spool!.isBlocked) return start
    const progress = keepBody(exchange, client.transport, buffer, start, end)
    if (progress.fault !== null) return this.#refuse(progress.fault, end)
    const limit = exchange.compiledRoute!.settings.bodyLimitBytes
    if (limit > 0 && exchange.requestBytes > limit) return this.#refuse(REFUSALS.bodyTooLarge, end)
    if (exchange.isRequestComplete) client.bodyKept()
    else client.setDeadline(client.listener.settings.timeouts.requestBodyMs)
    return progress.end
  }

  /** Of a request that is to be stored. */
  #collectBody(exchange: Exchange, buffer: Buffer, start: number, end: number): number {
    const client = this.#client
    const intake = exchange.intake!
    const progress = intake.collect(exchange, buffer, start, end)
    if (progress.fault !== null) return this.#refuse(progress.fault, end)
    if (exchange.isRequestComplete) {
      client.bodyKept()
      intake.completed()
    } else {
      client.setDeadline(client.listener.settings.timeouts.requestBodyMs)
      if (end === buffer.length) client.transport.beginBulk()
    }
    return progress.end
  }

  #relayTunnel(buffer: Buffer, start: number, end: number): number {
    const exchange = this.#client.exchange!
    if (exchange.upstream === null) return end
    exchange.requestBytes += end - start
    exchange.upstream.transport.relay(this.#client.transport, buffer, start, end)
    this.#client.tunnelActive()
    return end
  }

  #refuse(fault: HeadFault | Refusal, end: number): number {
    this.#partial = null
    this.#client.refuseRequest(fault)
    return end
  }
}
