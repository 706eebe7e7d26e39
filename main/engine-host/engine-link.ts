/**
 * One engine process from its launch to its exit, as its parent talks to it. Requests are
 * numbered and answered once; when the process ends, every open request fails with
 * ENGINE_DIED, and one without an answer in its time fails with ENGINE_SILENT. Restarting is not its business: see `engine-host.ts`.
 */
import { ControlChannel } from '../../proxy-core/engine/control-channel.ts'
import type { StopReport } from '../../proxy-core/engine/engine-view.ts'
import {
  CONTROL_PROTOCOL_VERSION,
  fromEngineSchema,
  type EngineAnswer,
  type EngineCommand,
  type EngineFault,
  type EngineQuestion,
  type FromEngine,
  type LoadProblem,
  type OpenAdmin,
  type OpenListener,
  type ToEngine
} from '../../proxy-core/model/control-protocol.ts'
import type { EngineEvent } from '../../proxy-core/model/engine-event.ts'
import type { EngineSnapshot } from '../../proxy-core/model/engine-snapshot.ts'
import type { Fleet, Tick } from '../../proxy-core/model/engine-telemetry.ts'
import { SwitchyardError, type ErrorCode } from '../../proxy-core/model/error-catalogue.ts'
import type { NotificationCounters } from '../../proxy-core/model/notification-counters.ts'
import type { TrafficBatch } from '../../proxy-core/model/traffic-sample.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'
import { ANSWER_WITHIN_MS, LOADED_WITHIN_MS, probesWithinMs } from './answer-deadline.ts'
import type { EngineChild, EngineExit } from './engine-child.ts'

/** A configuration as the engine receives it. */
export interface EngineLoad {
  /** The parsed document, plain JSON. */
  readonly document: unknown
  readonly baseDir: string
  readonly file: string
}

export type LoadOutcome =
  | {
      readonly ok: true
      readonly listeners: readonly OpenListener[]
      /** null: the admin server could not be opened; an event has said why. */
      readonly admin: OpenAdmin | null
    }
  | {
      readonly ok: false
      readonly code: ErrorCode
      readonly reason: string
      readonly problems: readonly LoadProblem[]
    }

export interface EngineLinkHandlers {
  onEvent(event: EngineEvent): void
  onFault(fault: EngineFault): void
  onViolation(error: SwitchyardError): void
  onFleet(fleet: Fleet): void
  /** The tick counts as taken when this returns. */
  onTick(tick: Tick): void
  onTraffic(batch: TrafficBatch): void
}

/** What a parent wants to be told of by itself. */
export type Observation = Readonly<Omit<Extract<ToEngine, { kind: 'observe' }>, 'kind'>>

/** The answer of the question's own kind. */
export type AnswerTo<Q extends EngineQuestion> = Extract<EngineAnswer, { name: Q['name'] }>

type Answer = Extract<FromEngine, { id: number }>

interface OpenRequest {
  resolve(answer: Answer): void
  reject(error: SwitchyardError): void
}

export class EngineLink {
  /** Resolves when the process speaks; rejects when it ends before or speaks another protocol. */
  readonly ready: Promise<void>
  /** Resolves when the process has ended. */
  readonly exited: Promise<EngineExit>
  readonly #child: EngineChild
  readonly #channel: ControlChannel<FromEngine, ToEngine>
  readonly #clock: Clock
  readonly #handlers: EngineLinkHandlers
  readonly #open = new Map<number, OpenRequest>()
  #settleReady: { resolve(): void; reject(error: SwitchyardError): void }
  #lastId = 0
  /** What a probe may take, by the newest configuration. */
  #probesWithinMs = 0
  #hasExited = false
  #stopReport: StopReport | null = null
  #lastWords: string | null = null

  constructor(child: EngineChild, clock: Clock, handlers: EngineLinkHandlers) {
    this.#child = child
    this.#clock = clock
    this.#handlers = handlers
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    this.#settleReady = { resolve, reject }
    this.exited = new Promise((resolve) => {
      child.onExit((exit) => {
        this.#takeExit()
        resolve(exit)
      })
    })
    this.#channel = new ControlChannel(child.port, fromEngineSchema, {
      onMessage: (message) => this.#receive(message),
      onViolation: (error) => this.#takeViolation(error),
      // The exit follows, and says more.
      onClose: () => {}
    })
    // Whoever awaits it sees the rejection; nobody has to.
    promise.catch(() => {})
  }

  get pid(): number {
    return this.#child.pid
  }

  /** What the engine said at its end; null while it runs, or when it was killed. */
  get stopReport(): StopReport | null {
    return this.#stopReport
  }

  /** The reason that the engine gave for giving up; null when it gave none. */
  get lastWords(): string | null {
    return this.#lastWords
  }

  start(parts: Omit<Extract<ToEngine, { kind: 'start' }>, 'kind'>): void {
    this.#channel.send({ kind: 'start', ...parts })
  }

  /** Resolves with the engine's word; rejects with ENGINE_DIED, ENGINE_SILENT or PROTOCOL_VIOLATION. */
  async load(load: EngineLoad): Promise<LoadOutcome> {
    this.#probesWithinMs = Math.max(this.#probesWithinMs, probesWithinMs(load))
    const withinMs = LOADED_WITHIN_MS + this.#probesWithinMs
    const answer = await this.#request((id) => ({ kind: 'load', id, ...load }), withinMs)
    if (answer.kind === 'loaded')
      return { ok: true, listeners: answer.listeners, admin: answer.admin }
    if (answer.kind !== 'refused') throw unexpected(answer)
    return { ok: false, code: answer.code, reason: answer.reason, problems: answer.problems }
  }

  /**
   * Rejects with the engine's error: POOL_UNKNOWN, BACKEND_UNKNOWN, WEIGHT_OUT_OF_RANGE, …; with
   * ENGINE_SILENT it may still be carried out.
   */
  async command(command: EngineCommand): Promise<void> {
    const probeMs = command.name === 'probe_now' ? this.#probesWithinMs : 0
    const withinMs = ANSWER_WITHIN_MS + probeMs
    const answer = await this.#request((id) => ({ kind: 'command', id, command }), withinMs)
    if (answer.kind !== 'result') throw unexpected(answer)
    if (answer.error) throw new SwitchyardError(answer.error.code, answer.error.message)
  }

  async snapshot(): Promise<EngineSnapshot> {
    const answer = await this.#request((id) => ({ kind: 'snapshot', id }))
    if (answer.kind === 'snapshot') return answer.snapshot
    throw refusalOf(answer)
  }

  observe(observation: Observation): void {
    this.#channel.send({ kind: 'observe', ...observation })
  }

  /** The answer has the question's name. Rejects with the engine's error: POOL_UNKNOWN, … */
  async ask<Q extends EngineQuestion>(question: Q): Promise<AnswerTo<Q>> {
    const answer = await this.#request((id) => ({ kind: 'ask', id, question }))
    if (answer.kind !== 'answer' || answer.answer.name !== question.name) throw refusalOf(answer)
    return answer.answer as AnswerTo<Q>
  }

  noteRefusal(code: ErrorCode, reason: string): void {
    this.#channel.send({ kind: 'note_refusal', code, reason })
  }

  noteNotifications(counters: NotificationCounters): void {
    this.#channel.send({ kind: 'note_notifications', counters })
  }

  reopenLogs(): void {
    this.#channel.send({ kind: 'reopen_logs' })
  }

  /** Asks; `exited` tells when it is done. */
  requestStop(mode: 'drain' | 'cut'): void {
    this.#channel.send({ kind: 'stop', mode })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #request(message: (id: number) => ToEngine, withinMs = ANSWER_WITHIN_MS): Promise<Answer> {
    if (this.#hasExited) throw died(this.#lastWords)
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const timer = this.#clock.setTimeout(() => reject(silent(withinMs)), withinMs)
    this.#open.set(id, { resolve, reject })
    try {
      this.#channel.send(message(id))
      return await promise
    } finally {
      timer.cancel()
      this.#open.delete(id)
    }
  }

  #receive(message: FromEngine): void {
    switch (message.kind) {
      case 'ready':
        return this.#takeReady(message.protocol)
      case 'event':
        return this.#handlers.onEvent(message.event)
      case 'stopped':
        this.#stopReport = { finished: message.finished, cut: message.cut }
        return
      case 'fault':
        return this.#handlers.onFault({ code: message.code, reason: message.reason })
      case 'fatal':
        this.#lastWords = message.message
        return
      case 'fleet':
        return this.#handlers.onFleet(message.fleet)
      case 'tick':
        return this.#takeTick(message.tick)
      case 'traffic':
        return this.#handlers.onTraffic(message.batch)
      default:
        // Nobody waits any more for an answer that came too late.
        this.#open.get(message.id)?.resolve(message)
    }
  }

  #takeReady(protocol: number): void {
    if (protocol === CONTROL_PROTOCOL_VERSION) return this.#settleReady.resolve()
    const message = `The engine speaks control protocol ${protocol}, this program ${CONTROL_PROTOCOL_VERSION}.`
    this.#settleReady.reject(new SwitchyardError('PROTOCOL_VIOLATION', message))
  }

  /** Acknowledged even if its taker throws: the next one may be easier to take. */
  #takeTick(tick: Tick): void {
    try {
      this.#handlers.onTick(tick)
    } finally {
      this.#channel.send({ kind: 'ack_tick', seq: tick.seq })
    }
  }

  /** The dropped message may have been an answer; waiting for it would be for ever. */
  #takeViolation(error: SwitchyardError): void {
    this.#handlers.onViolation(error)
    this.#rejectAll(error)
  }

  #takeExit(): void {
    this.#hasExited = true
    const error = died(this.#lastWords)
    this.#settleReady.reject(error)
    this.#rejectAll(error)
  }

  #rejectAll(error: SwitchyardError): void {
    for (const request of this.#open.values()) request.reject(error)
  }
}

function died(lastWords: string | null): SwitchyardError {
  const reason = lastWords
    ? `The engine process gave up: ${lastWords}`
    : 'The engine process ended.'
  return new SwitchyardError('ENGINE_DIED', reason)
}

function silent(withinMs: number): SwitchyardError {
  return new SwitchyardError(
    'ENGINE_SILENT',
    `The engine process runs but has not answered within ${Math.round(withinMs / 1000)} s; what was asked of it may still happen.`
  )
}

/** The error that came in place of an answer. */
function refusalOf(answer: Answer): SwitchyardError {
  if (answer.kind !== 'result' || answer.error === null) return unexpected(answer)
  return new SwitchyardError(answer.error.code, answer.error.message)
}

function unexpected(answer: Answer): SwitchyardError {
  return new SwitchyardError('PROTOCOL_VIOLATION', `The engine answered with "${answer.kind}".`)
}
