/**
 * The page's end of the contract, on any channel: calls with their answers, subscriptions that
 * survive a lost channel, and the way back to the host after one. It trusts the host with the
 * truth, not with the shape: what comes is checked against the contract before anybody sees it.
 */
import type { Channel } from '../../preload/contract/channel.ts'
import { causeOfClose, closeReason } from '../../preload/contract/close-reason.ts'
import { contractHash } from '../../preload/contract/contract-hash.ts'
import {
  fromHostSchema,
  type ContractError,
  type FromHost,
  type FromPage
} from '../../preload/contract/envelope.ts'
import { isTooLong } from '../../preload/contract/frame-limit.ts'
import type { Hello } from '../../preload/contract/hello.ts'
import {
  METHODS,
  type MethodArgs,
  type MethodName,
  type MethodResult
} from '../../preload/contract/methods.ts'
import type { TopicArgs, TopicName, TopicPayload } from '../../preload/contract/topics.ts'
import {
  ERROR_CATALOGUE,
  SwitchyardError,
  type ErrorCode
} from '../../proxy-core/model/error-catalogue.ts'
import { backOffMs } from './back-off.ts'
import { CallsInFlight, cancelled } from './calls-in-flight.ts'
import type { Arguments, CallOptions, ConnectionState, ConsoleBackend } from './console-backend.ts'
import { HeldSubscriptions } from './held-subscriptions.ts'
import { PartCollector, type Part } from './part-collector.ts'

export interface ClientTimer {
  cancel(): void
}

export interface ClientClock {
  /** Monotonic milliseconds. */
  now(): number
  setTimeout(callback: () => void, delayMs: number): ClientTimer
}

export interface ContractClientParts {
  /**
   * Opens a new channel to the host. A rejection with ACCESS_REFUSED is final; any other is tried
   * again.
   */
  openChannel(): Promise<Channel>
  readonly clock: ClientClock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** For changes: 16 to 64 letters, digits, dashes or underscores, never the same twice. */
  readonly newOperationId: () => string
  /** What went wrong where nobody waits for it: a listener that threw, a topic that ended. */
  onDefect(error: unknown): void
}

/** A host that says nothing for this long is none. */
const HELLO_TIMEOUT_MS = 10_000

/** A channel that held this long starts the waits from the beginning. */
const STABLE_AFTER_MS = 10_000

/** Codes after which trying again changes nothing. */
const FINAL_CAUSES: Readonly<Partial<Record<ErrorCode, 'refused' | 'no_key'>>> = {
  CONTRACT_MISMATCH: 'refused',
  ACCESS_REFUSED: 'no_key'
}

export class ContractClient implements ConsoleBackend {
  /** Resolves with the first hello; rejects when the host refuses for good, or on `close`. */
  readonly opened: Promise<Hello>
  readonly #parts: ContractClientParts
  readonly #calls = new CallsInFlight()
  readonly #collector = new PartCollector()
  readonly #subscriptions: HeldSubscriptions
  readonly #listeners = new Set<(state: ConnectionState) => void>()
  readonly #settleOpened: PromiseWithResolvers<Hello>
  #hello: Hello | null = null
  #channel: Channel | null = null
  #state: ConnectionState = { kind: 'reconnecting', attempt: 1, reason: 'Not connected yet.' }
  /** Number of the try that runs or waits; 1 after a stable channel. */
  #attempt = 1
  #openedAtMs = 0
  #timer: ClientTimer | null = null
  #lastId = 0

  /** Begins to connect at once. */
  constructor(parts: ContractClientParts) {
    this.#parts = parts
    this.#settleOpened = Promise.withResolvers<Hello>()
    this.opened = this.#settleOpened.promise
    // Whoever looks at `connection` only need not handle this as well.
    this.opened.catch(() => {})
    this.#subscriptions = new HeldSubscriptions(
      {
        nextId: () => ++this.#lastId,
        subscribe: (id, topic, args) => this.#send({ t: 'sub', id, topic, a: args }),
        unsubscribe: (id) => this.#send({ t: 'unsub', id }),
        acknowledge: (id, seq) => this.#send({ t: 'ack', id, seq })
      },
      (error) => parts.onDefect(error)
    )
    void this.#connect()
  }

  /** @throws SwitchyardError CONNECTION_LOST before the first hello. */
  get hello(): Hello {
    if (this.#hello !== null) return this.#hello
    throw new SwitchyardError('CONNECTION_LOST', 'The host has not said hello yet.')
  }

  get connection(): ConnectionState {
    return this.#state
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async call<Name extends MethodName>(
    name: Name,
    args: MethodArgs<Name>,
    options: CallOptions = {}
  ): Promise<MethodResult<Name>> {
    const { signal } = options
    if (signal?.aborted === true) throw cancelled(name)
    if (this.#state.kind !== 'open')
      throw new SwitchyardError('CONNECTION_LOST', this.#state.reason)
    const id = ++this.#lastId
    const op = METHODS[name].isMutating
      ? { op: options.operationId ?? this.#parts.newOperationId() }
      : {}
    const frame: FromPage = { t: 'call', id, m: name, a: args, ...op }
    if (isTooLong(JSON.stringify(frame))) throw tooLong(name)
    const cancel = (): void => this.#send({ t: 'cancel', id })
    const answer = this.#calls.expect(id, name, cancel, signal)
    this.#send(frame)
    return answer as Promise<MethodResult<Name>>
  }

  subscribe<Name extends TopicName>(
    topic: Name,
    args: Arguments<TopicArgs<Name>>,
    onPayload: (payload: TopicPayload<Name>) => void
  ): () => void {
    return this.#subscriptions.add(topic, args, onPayload, this.#state.kind === 'open')
  }

  /** Ends the connection for good. */
  close(): void {
    this.#end('gone', 'CONNECTION_LOST', 'The connection was closed by this page.')
  }

  async #connect(): Promise<void> {
    try {
      const channel = await this.#parts.openChannel()
      if (this.#state.kind === 'closed') channel.close('The page has gone.')
      else this.#greet(channel)
    } catch (error) {
      this.#lose(
        error instanceof SwitchyardError ? error.code : 'CONNECTION_LOST',
        sentenceOf(error)
      )
    }
  }

  #greet(channel: Channel): void {
    this.#channel = channel
    this.#timer = this.#parts.clock.setTimeout(
      () => channel.close('The host did not answer in time.'),
      HELLO_TIMEOUT_MS
    )
    channel.onClose((reason) => {
      if (this.#channel !== channel) return
      const { code, sentence } = causeOfClose(reason)
      this.#lose(code, sentence)
    })
    channel.onFrame((frame) => {
      if (this.#channel === channel) this.#take(channel, frame)
    })
    this.#send({ t: 'hello', contract: contractHash() })
  }

  #take(channel: Channel, received: unknown): void {
    if (this.#state.kind !== 'open' && contractOf(received) !== contractHash()) {
      const sentence =
        'The host runs another version of Switchyard than this page. Reload the page.'
      return channel.close(closeReason('CONTRACT_MISMATCH', sentence))
    }
    const parsed = fromHostSchema.safeParse(received)
    if (parsed.success) return this.#serve(parsed.data)
    channel.close(closeReason('FRAME_INVALID', 'The host sent a frame that fits no known one.'))
  }

  #serve(frame: FromHost): void {
    switch (frame.t) {
      case 'hello':
        return this.#open(frame.hello)
      case 'ok':
        return void this.#calls.settle(frame.id, frame.r)
      case 'err': {
        const error = errorFrom(frame.e)
        if (!this.#calls.fail(frame.id, error)) this.#endTopic(frame.id, error)
        return
      }
      case 'part':
        return this.#takePart(frame)
      case 'ev':
        return this.#subscriptions.take(frame.id, frame.seq, frame.p)
    }
  }

  #takePart(part: Part): void {
    try {
      const whole = this.#collector.take(part)
      if (whole !== null) this.#subscriptions.take(part.id, part.seq, whole.payload)
    } catch {
      const sentence = 'The parts of a payload make up no JSON.'
      this.#channel?.close(closeReason('FRAME_INVALID', sentence))
    }
  }

  /**
   * The host has ended a subscription. A state that nobody renews would go on looking current, so
   * the connection counts as lost, which the page shows, and is tried again.
   */
  #endTopic(id: number, error: SwitchyardError): void {
    this.#collector.drop(id)
    if (this.#subscriptions.fail(id, error) === 'snapshot') this.#channel?.close(error.message)
  }

  #open(hello: Hello): void {
    this.#timer?.cancel()
    this.#openedAtMs = this.#parts.clock.now()
    this.#hello = hello
    this.#settleOpened.resolve(hello)
    this.#become({ kind: 'open' })
    this.#subscriptions.openAll()
  }

  /** The channel, or the try to open one, has failed. */
  #lose(code: ErrorCode, sentence: string): void {
    const isFinal = FINAL_CAUSES[code]
    if (isFinal !== undefined) return this.#end(isFinal, code, sentence)
    if (this.#state.kind === 'closed') return
    const wasOpen = this.#state.kind === 'open'
    const wasStable = wasOpen && this.#parts.clock.now() - this.#openedAtMs >= STABLE_AFTER_MS
    this.#release(sentence)
    if (wasStable) this.#attempt = 1
    const delayMs = backOffMs(this.#attempt, this.#parts.random())
    this.#timer = this.#parts.clock.setTimeout(() => void this.#connect(), delayMs)
    this.#become({ kind: 'reconnecting', attempt: this.#attempt, reason: sentence })
    this.#attempt++
  }

  #end(cause: 'refused' | 'no_key' | 'gone', code: ErrorCode, reason: string): void {
    if (this.#state.kind === 'closed') return
    const channel = this.#channel
    this.#release(reason)
    channel?.close(reason)
    this.#become({ kind: 'closed', cause, reason })
    this.#settleOpened.reject(new SwitchyardError(code, reason))
  }

  #release(reason: string): void {
    this.#timer?.cancel()
    this.#channel = null
    this.#collector.clear()
    this.#subscriptions.forgetIds()
    this.#calls.lose(reason)
  }

  #become(state: ConnectionState): void {
    this.#state = state
    for (const listener of [...this.#listeners]) listener(state)
  }

  #send(frame: FromPage): void {
    this.#channel?.send(frame)
  }
}

/** Of a hello, also of one whose other fields this build does not know. */
function contractOf(received: unknown): unknown {
  if (typeof received !== 'object' || received === null) return null
  const { t, hello } = received as { readonly t?: unknown; readonly hello?: unknown }
  if (t !== 'hello' || typeof hello !== 'object' || hello === null) return null
  return (hello as { readonly contract?: unknown }).contract
}

function errorFrom({ code, message, details }: ContractError): SwitchyardError {
  const known = Object.hasOwn(ERROR_CATALOGUE, code) ? (code as ErrorCode) : 'INTERNAL'
  return new SwitchyardError(known, message, details)
}

function tooLong(name: MethodName): SwitchyardError {
  const message = `The arguments of ${name} are longer than 1 MB, so they were not sent.`
  return new SwitchyardError('FRAME_TOO_LARGE', message)
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
