/**
 * The engine's side of the control protocol: one `start`, loads one after the other,
 * commands, snapshots, and an end by `stop` or by a channel that closes. Owns the engine
 * and the operator's overlay; knows neither the transport nor how the process exits.
 */
import { SwitchyardError, type ErrorCode } from '../model/error-catalogue.ts'
import {
  CONTROL_PROTOCOL_VERSION,
  toEngineSchema,
  type EngineCommand,
  type FromEngine,
  type LoadProblem,
  type ToEngine
} from '../model/control-protocol.ts'
import type { EngineEvent } from '../model/engine-event.ts'
import type { EngineSettings, HostPort } from '../model/settings.ts'
import { Telemetry } from '../telemetry/telemetry.ts'
import type { Clock, Random } from '../time/clock.ts'
import { ControlChannel, type ControlPort } from './control-channel.ts'
import { writeEngineEnd } from './engine-end.ts'
import {
  EMPTY_OVERLAY,
  type EngineOverlay,
  type EngineRuntime,
  type ListenerView,
  type ObservedEngine,
  type StopReport
} from './engine-view.ts'
import { FaultPolicy } from './fault-policy.ts'
import { OverlayStore } from './overlay-store.ts'
import { snapshotOf } from './snapshot-of.ts'

/** The process gave up; sysexits' EX_SOFTWARE. */
const EXIT_FATAL = 70

/** Events that wait for a parent that does not read; further ones stay in the ring only. */
const EVENT_BACKLOG = 1000

/** An engine in a process of its own: beside the traffic it has files that rotate. */
export interface HostedEngine extends EngineRuntime, ObservedEngine {
  /** Where the admin API listens; null when it could not be opened. */
  readonly adminAddress: HostPort | null
  reopenLogs(): void
}

export interface DocumentOrigin {
  readonly file: string
  readonly baseDir: string
}

export type DocumentOutcome =
  | { readonly ok: true; readonly settings: EngineSettings }
  | { readonly ok: false; readonly problems: readonly LoadProblem[] }

export interface ControlSessionParts {
  readonly port: ControlPort
  readonly clock: Clock
  readonly random: Random
  createEngine(parts: {
    readonly version: string
    readonly adminToken: string
    readonly onEvent: (event: EngineEvent) => void
    readonly keepOverlay: () => Promise<void>
  }): HostedEngine
  resolveDocument(document: unknown, origin: DocumentOrigin): DocumentOutcome
  /** The process is done: 0 after a stop, 70 after something fatal. Called once. */
  exit(code: number): void
}

type Start = Extract<ToEngine, { kind: 'start' }>
type Load = Extract<ToEngine, { kind: 'load' }>
type Ask = Extract<ToEngine, { kind: 'ask' }>

const PARENT_GONE = 'The program that had started this engine ended without stopping it.'

export class ControlSession {
  readonly #parts: ControlSessionParts
  readonly #channel: ControlChannel<ToEngine, FromEngine>
  readonly #faults: FaultPolicy
  #engine: HostedEngine | null = null
  #telemetry: Telemetry | null = null
  #stateDirectory: string | null = null
  #store: OverlayStore | null = null
  #isLoading = false
  #isLoaded = false
  #isEnding = false
  #hasEnded = false
  /** Exchanges that were complete when the shutdown began. */
  #completedBefore = 0
  #overlaySaved: Promise<void> = Promise.resolve()

  constructor(parts: ControlSessionParts) {
    this.#parts = parts
    this.#faults = new FaultPolicy(parts.clock, {
      onFault: (reason) => this.#report('INTERNAL', reason),
      onFatal: (reason) => this.#die('INTERNAL', reason),
      isServing: () => this.#isLoaded
    })
    this.#channel = new ControlChannel(parts.port, toEngineSchema, {
      onMessage: (message) => this.#receive(message),
      onViolation: (error) => this.#report(error.code, error.message),
      onClose: () => {
        this.#telemetry?.stop()
        void this.drain()
      }
    })
    this.#channel.send({ kind: 'ready', protocol: CONTROL_PROTOCOL_VERSION, pid: process.pid })
  }

  /** For the process's uncaught exceptions and unhandled rejections. */
  takeUncaught(error: unknown): void {
    this.#faults.take(error)
  }

  /** Stops accepting, finishes what runs, exits. Repeated calls change nothing. */
  async drain(): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#completedBefore = this.#completed()
    try {
      const report = (await this.#engine?.stop()) ?? { finished: 0, cut: 0 }
      await this.#overlaySaved
      await this.#leaveWord(report)
      this.#end({ kind: 'stopped', finished: report.finished, cut: report.cut }, 0)
    } catch (error) {
      this.#end({ kind: 'fatal', ...failureOf(error) }, EXIT_FATAL)
    }
  }

  #receive(message: ToEngine): void {
    switch (message.kind) {
      case 'start':
        return this.#start(message)
      case 'load':
        return void this.#load(message)
      case 'command':
        return void this.#run(message.id, message.command)
      case 'snapshot':
        return this.#sendSnapshot(message.id)
      case 'observe':
        return this.#telemetry?.observe(message)
      case 'ack_tick':
        return this.#telemetry?.acknowledge(message.seq)
      case 'ask':
        return this.#answer(message)
      case 'note_refusal':
        return this.#engine?.noteRefusal(message.code, message.reason)
      case 'note_notifications':
        return this.#engine?.noteNotifications(message.counters)
      case 'reopen_logs':
        return this.#engine?.reopenLogs()
      case 'stop':
        return message.mode === 'cut' ? this.#cut() : void this.drain()
    }
  }

  #start({ version, adminToken, stateDirectory }: Start): void {
    if (this.#engine) return this.#report('PROTOCOL_VIOLATION', 'The engine was started twice.')
    this.#stateDirectory = stateDirectory
    if (stateDirectory !== null) this.#store = new OverlayStore(stateDirectory, this.#parts.clock)
    const { clock, random } = this.#parts
    const engine = this.#parts.createEngine({
      version,
      adminToken,
      onEvent: (event) => this.#forward(event),
      keepOverlay: () => this.#saveOverlay()
    })
    this.#engine = engine
    this.#telemetry = new Telemetry({
      engine,
      clock,
      random,
      send: (message) => this.#channel.send(message)
    })
  }

  async #load(load: Load): Promise<void> {
    const engine = this.#engine
    if (!engine || this.#isLoading || this.#isEnding) return this.#refuse(load.id, outOfTurn())
    this.#isLoading = true
    try {
      const outcome = this.#parts.resolveDocument(load.document, load)
      if (!outcome.ok) {
        const count = outcome.problems.length
        const reason = `${load.file} has ${count === 1 ? 'a problem' : `${count} problems`}.`
        return this.#refuse(
          load.id,
          new SwitchyardError('CONFIG_INVALID', reason),
          outcome.problems
        )
      }
      if (this.#isLoaded) await engine.reload(outcome.settings)
      else await engine.start(outcome.settings, await this.#storedOverlay())
      this.#isLoaded = true
      this.#channel.send({ kind: 'loaded', id: load.id, ...openedBy(engine, outcome.settings) })
      void this.#saveOverlay()
    } catch (error) {
      this.#refuse(load.id, error)
    } finally {
      this.#isLoading = false
    }
  }

  #refuse(id: number, error: unknown, problems: readonly LoadProblem[] = []): void {
    const { code, message } = failureOf(error)
    this.#channel.send({ kind: 'refused', id, code, reason: message, problems: [...problems] })
  }

  async #run(id: number, command: EngineCommand): Promise<void> {
    try {
      const engine = this.#engine
      if (!engine) throw outOfTurn()
      if (command.name === 'probe_now') {
        await engine.probeNow(command.pool, command.backend)
      } else {
        apply(engine, command)
        // Answered only when a restart would remember it.
        await this.#saveOverlay()
      }
      this.#channel.send({ kind: 'result', id, error: null })
    } catch (error) {
      this.#channel.send({ kind: 'result', id, error: failureOf(error) })
    }
  }

  #sendSnapshot(id: number): void {
    if (this.#engine) {
      this.#channel.send({ kind: 'snapshot', id, snapshot: snapshotOf(this.#engine) })
    } else {
      this.#channel.send({ kind: 'result', id, error: failureOf(outOfTurn()) })
    }
  }

  #answer({ id, question }: Ask): void {
    try {
      if (!this.#telemetry) throw outOfTurn()
      this.#channel.send({ kind: 'answer', id, answer: this.#telemetry.answer(question) })
    } catch (error) {
      this.#channel.send({ kind: 'result', id, error: failureOf(error) })
    }
  }

  #forward(event: EngineEvent): void {
    if (event.kind !== 'fault') this.#telemetry?.engineChanged()
    // The admin API changes these too, so the event and not the command is the occasion.
    const isOperators =
      event.kind === 'backend_admin' ||
      event.kind === 'backend_weight' ||
      (event.kind === 'failover' && event.isManual)
    if (isOperators) void this.#saveOverlay()
    if (this.#channel.backlog < EVENT_BACKLOG) this.#channel.send({ kind: 'event', event })
  }

  async #storedOverlay(): Promise<EngineOverlay> {
    if (!this.#store) return EMPTY_OVERLAY
    try {
      const { overlay, warning } = await this.#store.read()
      if (warning) this.#report('STATE_UNUSABLE', warning)
      return overlay
    } catch (error) {
      const { code, message } = failureOf(error)
      this.#report(code, message)
      // What cannot be read must not be overwritten either.
      this.#store = null
      return EMPTY_OVERLAY
    }
  }

  /**
   * Rejects never: a failure is reported, and traffic goes on with the state in memory. The
   * overlay is read a moment later, because the event of a change may come in the midst of it.
   */
  #saveOverlay(): Promise<void> {
    const store = this.#store
    const engine = this.#engine
    if (!store || !engine || !this.#isLoaded) return Promise.resolve()
    this.#overlaySaved = Promise.resolve()
      .then(() => store.save(engine.overlay()))
      .catch((error: unknown) => {
        const { code, message } = failureOf(error)
        this.#report(code, message)
      })
    return this.#overlaySaved
  }

  /** The parent is gone: its successor shall know how the traffic ended. */
  async #leaveWord({ finished, cut }: StopReport): Promise<void> {
    if (this.#channel.isOpen || this.#stateDirectory === null) return
    const atMs = this.#parts.clock.wallNow()
    await writeEngineEnd(this.#stateDirectory, { atMs, finished, cut, reason: PARENT_GONE })
  }

  #report(code: ErrorCode, reason: string): void {
    if (this.#channel.backlog < EVENT_BACKLOG) this.#channel.send({ kind: 'fault', code, reason })
  }

  #cut(): void {
    this.#isEnding = true
    const finished = this.#completed() - this.#completedBefore
    const cut = sum(this.#engine, (listener) => listener.counters.inFlight)
    this.#end({ kind: 'stopped', finished: Math.max(0, finished), cut }, 0)
  }

  #completed(): number {
    return sum(this.#engine, ({ counters }) => counters.requests - counters.inFlight)
  }

  #die(code: ErrorCode, message: string): void {
    this.#isEnding = true
    this.#end({ kind: 'fatal', code, message }, EXIT_FATAL)
  }

  #end(last: FromEngine, code: number): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#telemetry?.stop()
    this.#channel.send(last, () => this.#parts.exit(code))
  }
}

function apply(
  engine: EngineRuntime,
  command: Exclude<EngineCommand, { name: 'probe_now' }>
): void {
  switch (command.name) {
    case 'set_admin_state':
      return engine.setAdminState(command.pool, command.backend, command.state, command.reason)
    case 'set_weight':
      return engine.setWeight(command.pool, command.backend, command.weight, command.reason)
    case 'activate_failover':
      return void engine.activateFailover(command.pool, command.activation)
    case 'deactivate_failover':
      return void engine.deactivateFailover(command.pool, command.reason)
    case 'hold_pool':
      return void engine.holdPool(command.pool, command.durationMs, command.reason)
    case 'release_pool':
      return void engine.releasePool(command.pool, command.reason)
  }
}

type Opened = Pick<Extract<FromEngine, { kind: 'loaded' }>, 'listeners' | 'admin'>

function openedBy(engine: HostedEngine, settings: EngineSettings): Opened {
  const secure = new Set(settings.listeners.filter(({ tls }) => tls).map(({ name }) => name))
  const listeners = engine.listeners.map(({ name, address, isOpen }) => ({
    name,
    address,
    isOpen,
    scheme: schemeOf(secure.has(name))
  }))
  const at = engine.adminAddress
  if (!at) return { listeners, admin: null }
  const address = `${at.host.includes(':') ? `[${at.host}]` : at.host}:${at.port}`
  const { tls } = settings.admin
  const certificateFile = tls?.certFile ?? null
  return { listeners, admin: { address, scheme: schemeOf(tls !== null), certificateFile } }
}

function schemeOf(isSecure: boolean): 'http' | 'https' {
  return isSecure ? 'https' : 'http'
}

function sum(engine: EngineRuntime | null, value: (listener: ListenerView) => number): number {
  return engine?.listeners.reduce((total, listener) => total + value(listener), 0) ?? 0
}

function outOfTurn(): SwitchyardError {
  return new SwitchyardError(
    'PROTOCOL_VIOLATION',
    'The engine cannot do this in its present state.'
  )
}

function failureOf(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof SwitchyardError) return { code: error.code, message: error.message }
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) }
}
