/**
 * The parent of an engine process: launches it, loads the configuration, starts it anew
 * when it dies, and ends it with a deadline. An engine that keeps dying is started again
 * for as long as the parent lives, with a growing delay: traffic matters more than order.
 */
import type {
  EngineCommand,
  EngineFault,
  EngineQuestion,
  OpenAdmin
} from '../../proxy-core/model/control-protocol.ts'
import type { EngineEvent } from '../../proxy-core/model/engine-event.ts'
import type { EngineSnapshot } from '../../proxy-core/model/engine-snapshot.ts'
import type { Fleet, Tick } from '../../proxy-core/model/engine-telemetry.ts'
import { SwitchyardError, type ErrorCode } from '../../proxy-core/model/error-catalogue.ts'
import type { NotificationCounters } from '../../proxy-core/model/notification-counters.ts'
import type { Clock, Timer } from '../../proxy-core/time/clock.ts'
import type { EngineExit, LaunchEngine } from './engine-child.ts'
import type { TrafficBatch } from '../../proxy-core/model/traffic-sample.ts'
import {
  EngineLink,
  type AnswerTo,
  type EngineLoad,
  type LoadOutcome,
  type Observation
} from './engine-link.ts'

const READY_TIMEOUT_MS = 20_000
/** Traffic is wanted again within two seconds of a death. */
const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 30_000
/** An engine that lived this long starts the delays from the beginning. */
const STABLE_AFTER_MS = 60_000
/** Beyond the shutdown timeout, for closing and for the last message. */
const STOP_GRACE_MS = 3_000
const CUT_TIMEOUT_MS = 2_000

export type HostEvent =
  | { readonly kind: 'engine_event'; readonly event: EngineEvent }
  | { readonly kind: 'engine_fault'; readonly fault: EngineFault }
  | { readonly kind: 'engine_died'; readonly reason: string; readonly restartInMs: number }
  | { readonly kind: 'engine_restarted'; readonly pid: number }
  | { readonly kind: 'protocol_violation'; readonly reason: string }
  | { readonly kind: 'fleet'; readonly fleet: Fleet }
  | { readonly kind: 'tick'; readonly tick: Tick }
  | { readonly kind: 'traffic'; readonly batch: TrafficBatch }

export interface EngineHostParts {
  readonly launch: LaunchEngine
  readonly clock: Clock
  readonly version: string
  readonly adminToken: string
  /** null: the operator's overlay is not kept. */
  readonly stateDirectory: string | null
  onEvent(event: HostEvent): void
  /** Whenever another engine process is the one. */
  onPid?(pid: number): void
  /** Whenever the admin API answers at another place; null = it is not open. */
  onAdmin?(admin: OpenAdmin | null): void
}

export interface StopOutcome {
  readonly finished: number
  readonly cut: number
  /** Why there is no count: the engine was killed after its time, or crashed. null: there is one. */
  readonly lost: string | null
}

export class EngineHost {
  readonly #parts: EngineHostParts
  #link: EngineLink | null = null
  #wanted: EngineLoad | null = null
  #observation: Observation = { isWanted: false, isTrafficWanted: false }
  #notifications: NotificationCounters | null = null
  #isRunning = false
  /** While a process is launched and given its first configuration. */
  #comingUp: Promise<LoadOutcome> | null = null
  #stopping: Promise<StopOutcome> | null = null
  #restart: Timer | null = null
  #nextDelayMs = FIRST_DELAY_MS
  #loadedAtMs = 0

  constructor(parts: EngineHostParts) {
    this.#parts = parts
  }

  get pid(): number | null {
    return this.#link?.pid ?? null
  }

  /**
   * Launches the engine and loads the first configuration. A refusal leaves no process
   * behind. Rejects with ENGINE_DIED when the process ends before it answers.
   */
  async start(load: EngineLoad): Promise<LoadOutcome> {
    const outcome = await this.#bringUp(load)
    if (!outcome.ok) await this.stop(0)
    return outcome
  }

  /**
   * Loads another configuration into the running engine. Rejects with ENGINE_DIED when the
   * engine is down or ends under the load; a configuration that came while it was down is
   * what it starts with.
   */
  async reload(load: EngineLoad): Promise<LoadOutcome> {
    // Whoever waits for the process that is coming up hears how that went.
    await this.#comingUp?.catch(() => {})
    if (!this.#link || !this.#isRunning) {
      this.#wanted = load
      const message = 'The engine is down; this configuration is loaded when it is back.'
      throw new SwitchyardError('ENGINE_DIED', message)
    }
    const outcome = await this.#link.load(load)
    if (outcome.ok) {
      this.#wanted = load
      this.#parts.onAdmin?.(outcome.admin)
    }
    return outcome
  }

  command(command: EngineCommand): Promise<void> {
    return this.#running().then((link) => link.command(command))
  }

  snapshot(): Promise<EngineSnapshot> {
    return this.#running().then((link) => link.snapshot())
  }

  /**
   * What the engine shall tell by itself, as `fleet`, `tick` and `traffic` events; also after it
   * was started anew. A tick is acknowledged when `onEvent` has returned.
   */
  observe(observation: Observation): void {
    this.#observation = observation
    if (this.#isRunning) this.#link?.observe(observation)
  }

  ask<Q extends EngineQuestion>(question: Q): Promise<AnswerTo<Q>> {
    return this.#running().then((link) => link.ask(question))
  }

  /** A file that never reached the engine, for its admin API. */
  noteRefusal(code: ErrorCode, reason: string): void {
    this.#link?.noteRefusal(code, reason)
  }

  /** For its `/metrics`; an engine that is started anew is told them again. */
  noteNotifications(counters: NotificationCounters): void {
    this.#notifications = counters
    if (this.#isRunning) this.#link?.noteNotifications(counters)
  }

  reopenLogs(): void {
    this.#link?.reopenLogs()
  }

  /**
   * Drains and ends the engine. `shutdownTimeoutMs` is the configuration's, 0 waits without
   * end; past it and a grace the process is killed. Repeated calls share one stop.
   */
  stop(shutdownTimeoutMs: number): Promise<StopOutcome> {
    this.#stopping ??= this.#end(shutdownTimeoutMs)
    return this.#stopping
  }

  /** Ends a running `stop` at once: what still runs is cut. */
  cut(): void {
    const link = this.#link
    if (!link) return
    link.requestStop('cut')
    const timer = this.#parts.clock.setTimeout(() => link.kill(), CUT_TIMEOUT_MS)
    void link.exited.then(() => timer.cancel())
  }

  #bringUp(load: EngineLoad): Promise<LoadOutcome> {
    const comingUp = this.#launchAndLoad(load).finally(() => (this.#comingUp = null))
    this.#comingUp = comingUp
    return comingUp
  }

  async #launchAndLoad(load: EngineLoad): Promise<LoadOutcome> {
    this.#wanted = load
    const link = this.#launch()
    const { pid } = link
    const timer = this.#parts.clock.setTimeout(() => link.kill(), READY_TIMEOUT_MS)
    try {
      await link.ready
    } finally {
      timer.cancel()
    }
    // A process that Electron makes has a pid only some time after its launch.
    if (link.pid !== pid) this.#parts.onPid?.(link.pid)
    const { version, adminToken, stateDirectory } = this.#parts
    link.start({ version, adminToken, stateDirectory })
    const outcome = await link.load(load)
    this.#isRunning = outcome.ok
    if (outcome.ok) this.#parts.onAdmin?.(outcome.admin)
    if (outcome.ok && this.#observation.isWanted) link.observe(this.#observation)
    if (outcome.ok && this.#notifications) link.noteNotifications(this.#notifications)
    this.#loadedAtMs = this.#parts.clock.now()
    return outcome
  }

  #launch(): EngineLink {
    const link = new EngineLink(this.#parts.launch(), this.#parts.clock, {
      onEvent: (event) => this.#parts.onEvent({ kind: 'engine_event', event }),
      onFault: (fault) => this.#parts.onEvent({ kind: 'engine_fault', fault }),
      onViolation: (error) =>
        this.#parts.onEvent({ kind: 'protocol_violation', reason: error.message }),
      onFleet: (fleet) => this.#parts.onEvent({ kind: 'fleet', fleet }),
      onTick: (tick) => this.#parts.onEvent({ kind: 'tick', tick }),
      onTraffic: (batch) => this.#parts.onEvent({ kind: 'traffic', batch })
    })
    this.#link = link
    this.#parts.onPid?.(link.pid)
    void link.exited.then((exit) => this.#takeExit(link, exit))
    return link
  }

  #takeExit(link: EngineLink, exit: EngineExit): void {
    const wasRunning = this.#isRunning
    this.#link = null
    this.#isRunning = false
    if (this.#stopping || !wasRunning) return
    const livedMs = this.#parts.clock.now() - this.#loadedAtMs
    if (livedMs >= STABLE_AFTER_MS) this.#nextDelayMs = FIRST_DELAY_MS
    this.#scheduleRestart(causeOf(exit, link.lastWords))
  }

  #scheduleRestart(reason: string): void {
    const restartInMs = this.#nextDelayMs
    this.#nextDelayMs = Math.min(restartInMs * 2, LONGEST_DELAY_MS)
    this.#parts.onEvent({ kind: 'engine_died', reason, restartInMs })
    this.#restart = this.#parts.clock.setTimeout(() => void this.#tryAgain(), restartInMs)
  }

  async #tryAgain(): Promise<void> {
    const load = this.#wanted
    if (!load || this.#stopping) return
    try {
      const outcome = await this.#bringUp(load)
      if (outcome.ok) {
        const pid = this.#link?.pid ?? -1
        return this.#parts.onEvent({ kind: 'engine_restarted', pid })
      }
      await this.#discard()
      if (!this.#stopping) this.#scheduleRestart(outcome.reason)
    } catch (error) {
      await this.#discard()
      if (!this.#stopping) this.#scheduleRestart(messageOf(error))
    }
  }

  /** A process that did not come up must not hold the ports of the next one. */
  async #discard(): Promise<void> {
    const link = this.#link
    link?.kill()
    await link?.exited
  }

  async #end(shutdownTimeoutMs: number): Promise<StopOutcome> {
    this.#restart?.cancel()
    const link = this.#link
    if (!link) return { finished: 0, cut: 0, lost: null }
    link.requestStop('drain')
    const timer = this.#killAfter(link, shutdownTimeoutMs)
    const exit = await link.exited
    timer?.cancel()
    if (link.stopReport) return { ...link.stopReport, lost: null }
    return { finished: 0, cut: 0, lost: causeOf(exit, link.lastWords) }
  }

  #killAfter(link: EngineLink, shutdownTimeoutMs: number): Timer | null {
    if (shutdownTimeoutMs === 0 && this.#isRunning) return null
    const deadlineMs = shutdownTimeoutMs + STOP_GRACE_MS
    return this.#parts.clock.setTimeout(() => link.kill(), deadlineMs)
  }

  async #running(): Promise<EngineLink> {
    if (this.#link && this.#isRunning) return this.#link
    throw new SwitchyardError('ENGINE_DIED', 'The engine is not running at the moment.')
  }
}

function causeOf(exit: EngineExit, lastWords: string | null): string {
  if (lastWords) return `The engine process gave up: ${lastWords}`
  if (exit.cause) return `The engine process ended: ${exit.cause}`
  if (exit.signal) return `The engine process was ended by ${exit.signal}.`
  return `The engine process ended with code ${exit.code}.`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
