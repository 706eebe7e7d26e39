/**
 * Serves the contract on one channel, whatever carries it: the hello first, then calls and
 * subscriptions. A frame that fits no envelope closes the channel; a call that fits none of the
 * methods is answered with an error. When the channel closes, everything is released.
 */
import { MAX_FRAME_BYTES, type Channel } from '../../preload/contract/channel.ts'
import { closeReason } from '../../preload/contract/close-reason.ts'
import { fromPageSchema, type FromHost, type FromPage } from '../../preload/contract/envelope.ts'
import { isTooLong } from '../../preload/contract/frame-limit.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { Timer } from '../../proxy-core/time/clock.ts'
import { CallDesk } from './call-desk.ts'
import { contractErrorOf, internalError } from './contract-error.ts'
import { HELLO_TIMEOUT_MS, type ContractParts } from './contract-parts.ts'
import { MAX_PAYLOAD_CHARACTERS, partsOf } from './payload-parts.ts'
import { SubscriptionDesk } from './subscription-desk.ts'

/** Returns at once; the service ends with the channel. */
export function serveContract(channel: Channel, parts: ContractParts): void {
  new ContractService(channel, parts).start()
}

class ContractService {
  readonly #channel: Channel
  readonly #parts: ContractParts
  readonly #calls: CallDesk
  readonly #subscriptions: SubscriptionDesk
  #helloTimer: Timer | null = null
  #isGreeted = false
  #isClosed = false

  constructor(channel: Channel, parts: ContractParts) {
    this.#channel = channel
    this.#parts = parts
    const failed = (id: number, subject: string, error: unknown): void =>
      this.#fail(id, subject, error)
    this.#calls = new CallDesk(parts, {
      ok: (id, result) => this.#answer(id, result),
      failed
    })
    this.#subscriptions = new SubscriptionDesk(parts, {
      event: (id, seq, payload) => this.#event(id, seq, payload),
      failed
    })
  }

  start(): void {
    this.#channel.onClose(() => this.#release())
    if (this.#isClosed) return
    this.#helloTimer = this.#parts.clock.setTimeout(
      () => this.#channel.close(closeReason('FRAME_INVALID', 'No hello came in time.')),
      HELLO_TIMEOUT_MS
    )
    this.#channel.onFrame((frame) => this.#take(frame))
  }

  #take(received: unknown): void {
    if (this.#isClosed) return
    const parsed = fromPageSchema.safeParse(received)
    if (!parsed.success) return this.#refuse('A frame fits none of the known ones.')
    const frame = parsed.data
    if (frame.t === 'hello') return this.#greet(frame.contract)
    if (!this.#isGreeted) return this.#refuse('The first frame was no hello.')
    this.#serve(frame)
  }

  #greet(contract: string): void {
    if (this.#isGreeted) return this.#refuse('A second hello came.')
    this.#isGreeted = true
    this.#helloTimer?.cancel()
    const { hello } = this.#parts
    this.#send({ t: 'hello', hello })
    if (contract === hello.contract) return
    const sentence = 'This page is of another version than the host. Reload the page.'
    this.#channel.close(closeReason('CONTRACT_MISMATCH', sentence))
  }

  #serve(frame: Exclude<FromPage, { readonly t: 'hello' }>): void {
    switch (frame.t) {
      case 'call':
        if (this.#isUsed(frame.id)) return
        void this.#calls.take({
          id: frame.id,
          method: frame.m,
          args: frame.a,
          operationId: frame.op
        })
        return
      case 'cancel':
        return this.#calls.cancel(frame.id)
      case 'sub':
        if (this.#isUsed(frame.id)) return
        return this.#subscriptions.take({ id: frame.id, topic: frame.topic, args: frame.a })
      case 'ack':
        return this.#subscriptions.acknowledge(frame.id, frame.seq)
      case 'unsub':
        return this.#subscriptions.end(frame.id)
    }
  }

  #isUsed(id: number): boolean {
    if (!this.#calls.has(id) && !this.#subscriptions.has(id)) return false
    this.#refuse(`The id ${id} is in use.`)
    return true
  }

  #event(id: number, seq: number, payload: unknown): void {
    const whole: FromHost = { t: 'ev', id, seq, p: payload }
    const frames = isTooLong(JSON.stringify(whole)) ? partsOf(id, seq, payload) : [whole]
    if (frames === null) {
      this.#subscriptions.end(id)
      return this.#failTooLong(id, 'The data', MAX_PAYLOAD_CHARACTERS)
    }
    for (const frame of frames) this.#send(frame)
  }

  /** One answer that is too long must not cost the page its channel. */
  #answer(id: number, result: unknown): void {
    const frame: FromHost = { t: 'ok', id, r: result }
    if (isTooLong(JSON.stringify(frame))) this.#failTooLong(id, 'The answer', MAX_FRAME_BYTES)
    else this.#send(frame)
  }

  #failTooLong(id: number, subject: string, limit: number): void {
    const message = `${subject} has more than ${limit} octets.`
    this.#fail(id, subject, new SwitchyardError('FRAME_TOO_LARGE', message))
  }

  #fail(id: number, subject: string, error: unknown): void {
    if (error instanceof SwitchyardError) {
      this.#send({ t: 'err', id, e: contractErrorOf(error) })
      return
    }
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#parts.log(`${subject} failed: ${words}`)
    this.#send({ t: 'err', id, e: internalError(subject) })
  }

  #send(frame: FromHost): void {
    if (!this.#isClosed) this.#channel.send(frame)
  }

  #refuse(sentence: string): void {
    this.#channel.close(closeReason('FRAME_INVALID', sentence))
  }

  #release(): void {
    this.#isClosed = true
    this.#helloTimer?.cancel()
    this.#calls.close()
    this.#subscriptions.close()
  }
}
