/**
 * The engine of the open workspace, from `open` to `close`: holds the instance, owns the host
 * that restarts what dies, and knows whether the engine is heard. One thing at a time: what is
 * asked for meanwhile waits for its turn.
 */
import { parseDocument } from '../../../proxy-core/config/parse-document.ts'
import type {
  EngineAnswer,
  EngineCommand,
  EngineQuestion
} from '../../../proxy-core/model/control-protocol.ts'
import { DEFAULT_SHUTDOWN_TIMEOUT_MS } from '../../../proxy-core/model/default-settings.ts'
import type { Fleet, ProbedBackend, Tick } from '../../../proxy-core/model/engine-telemetry.ts'
import { SwitchyardError, type ErrorCode } from '../../../proxy-core/model/error-catalogue.ts'
import type {
  FailoverActivation,
  FailoverPreview
} from '../../../proxy-core/model/failover-report.ts'
import type { NotificationCounters } from '../../../proxy-core/model/notification-counters.ts'
import type { TrafficBatch } from '../../../proxy-core/model/traffic-sample.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { EngineStatus } from '../../../preload/contract/live-state.ts'
import type { LaunchEngine } from '../../engine-host/engine-child.ts'
import { EngineHost, type HostEvent, type StopOutcome } from '../../engine-host/engine-host.ts'
import type { EngineLoad, LoadOutcome } from '../../engine-host/engine-link.ts'
import { Instance } from '../../engine-host/instance.ts'
import { EngineReports } from './engine-reports.ts'
import { Listeners, type Release } from './listeners.ts'
import { patiently } from './patience.ts'
import { withStoredSecrets, type SecretReader } from './stored-secrets.ts'

export interface EngineSessionParts {
  readonly clock: Clock
  readonly version: string
  readonly launch: LaunchEngine
  /** Whose secrets a configuration may name. */
  readonly secrets: SecretReader
  /** A line for the log of the console. */
  say(line: string): void
}

/** What an engine is given, with the secrets of the store filled in. */
export interface RunningLoad {
  readonly load: EngineLoad
  readonly stateDirectory: string
}

interface Opened {
  /** As written: stored secrets are read again for each engine. */
  load: EngineLoad
  readonly stateDirectory: string
}

export class EngineSession {
  readonly #parts: EngineSessionParts
  readonly #reports: EngineReports
  readonly #onLoad: Listeners<RunningLoad | null>
  #opened: Opened | null = null
  #instance: Instance | null = null
  #host: EngineHost | null = null
  #isTrafficWanted = false
  #lastStop: StopOutcome | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: EngineSessionParts) {
    this.#parts = parts
    this.#reports = new EngineReports(parts.clock, (line) => parts.say(line))
    this.#onLoad = new Listeners((error) =>
      parts.say(`Who follows the configuration failed: ${String(error)}`)
    )
  }

  get status(): EngineStatus {
    return this.#reports.status
  }

  /** What the engine last said, also while it is down; null before it said anything. */
  get fleet(): Fleet | null {
    return this.#reports.fleet
  }

  /** null while it is down. */
  get tick(): Tick | null {
    return this.#reports.tick
  }

  /** Wall-clock milliseconds of the last tick; null before the first. */
  get heardAtMs(): number | null {
    return this.#reports.heardAtMs
  }

  /** How the last engine ended that was told to; null = none was. */
  get lastStop(): StopOutcome | null {
    return this.#lastStop
  }

  /** Where the open workspace keeps its state; null when none is open. */
  get stateDirectory(): string | null {
    return this.#opened?.stateDirectory ?? null
  }

  /** null when no engine was ever loaded for the open workspace. */
  get tokenFile(): string | null {
    return this.#instance?.tokenFile ?? null
  }

  onStatus(listener: (status: EngineStatus) => void): Release {
    return this.#reports.onStatus(listener)
  }

  onFleet(listener: (fleet: Fleet) => void): Release {
    return this.#reports.onFleet(listener)
  }

  onTick(listener: (tick: Tick) => void): Release {
    return this.#reports.onTick(listener)
  }

  onTraffic(listener: (batch: TrafficBatch) => void): Release {
    return this.#reports.onTraffic(listener)
  }

  /**
   * Just before an engine starts with a configuration, and after it has taken another one; null
   * when none runs any more. With secrets: it stays in this process.
   */
  onLoad(listener: (running: RunningLoad | null) => void): Release {
    return this.#onLoad.add(listener)
  }

  /** Everything that the host tells except fleet, ticks and traffic: for the history. */
  onEngineEvent(listener: (event: HostEvent) => void): Release {
    return this.#reports.onEngineEvent(listener)
  }

  /**
   * Closes what was open, takes the instance and starts its engine. A refused configuration
   * leaves the workspace open and `stopped`; a later `reload` starts it. Rejects with
   * INSTANCE_LOCKED, STATE_UNUSABLE, or ENGINE_DIED when the engine ended before it answered.
   */
  open(load: EngineLoad, stateDirectory: string): Promise<LoadOutcome> {
    return this.#inTurn(async () => {
      await this.#end()
      this.#opened = { load: plainLoad(load), stateDirectory }
      return this.#start()
    })
  }

  /**
   * Loads another configuration into the running engine, or starts one with it. Rejects with
   * WORKSPACE_NONE when nothing is open, and with ENGINE_DIED while the engine is restarted: it
   * then starts with this configuration.
   */
  reload(given: EngineLoad): Promise<LoadOutcome> {
    const load = plainLoad(given)
    return this.#inTurn(async () => {
      const opened = this.#needOpened()
      if (!this.#host) {
        opened.load = load
        return this.#start()
      }
      const filled = await withStoredSecrets(load, this.#parts.secrets)
      if (!filled.ok) return filled
      // A host that is restarting its engine keeps the load for the next one, and throws.
      if (this.status.phase === 'restarting') opened.load = load
      const outcome = await this.#host.reload(filled.load)
      if (!outcome.ok) return outcome
      opened.load = load
      this.#onLoad.tell({ load: filled.load, stateDirectory: opened.stateDirectory })
      return outcome
    })
  }

  /** Ends the engine, also a silent one, and starts it with `load` or what it ran last. */
  restart(load?: EngineLoad): Promise<LoadOutcome> {
    return this.#inTurn(async () => {
      const opened = this.#needOpened()
      if (load) opened.load = plainLoad(load)
      await this.#stopHost()
      return this.#start()
    })
  }

  /** Drains and ends the engine and gives the instance back; null when no engine ran. */
  close(): Promise<StopOutcome | null> {
    return this.#inTurn(() => this.#end())
  }

  /** Ends a running `close` or `restart` at once: what still runs is cut. */
  cut(): void {
    this.#host?.cut()
  }

  /** Rejects with ENGINE_DIED, ENGINE_SILENT, or the engine's own error. */
  async command(command: EngineCommand): Promise<void> {
    const host = this.#needHost()
    return patiently(host.command(command), this.#parts.clock, () => this.#reports.isSilent)
  }

  /** Rejects like `command`. */
  async ask(question: EngineQuestion): Promise<EngineAnswer> {
    const host = this.#needHost()
    return patiently(host.ask(question), this.#parts.clock, () => this.#reports.isSilent)
  }

  /** The newest probes of every backend. Rejects like `command`. */
  async probeBoard(): Promise<readonly ProbedBackend[]> {
    const answer = await this.ask({ name: 'probe_board' })
    return answer.name === 'probe_board' ? answer.board : []
  }

  /**
   * Resolves when the activation is on disk, also where it was so already. Rejects with
   * POOL_UNKNOWN, NO_STANDBY, or like `command`.
   */
  activateFailover(pool: string, activation: FailoverActivation): Promise<void> {
    return this.command({ name: 'activate_failover', pool, activation: { ...activation } })
  }

  /** Resolves when it is on disk. Rejects with POOL_UNKNOWN, or like `command`. */
  deactivateFailover(pool: string, reason: string): Promise<void> {
    return this.command({ name: 'deactivate_failover', pool, reason })
  }

  /** What `activateFailover` would do now. Rejects with POOL_UNKNOWN, or like `command`. */
  async failoverPreview(pool: string, activation: FailoverActivation): Promise<FailoverPreview> {
    const question = { name: 'failover_preview', pool, activation: { ...activation } } as const
    const answer = await this.ask(question)
    if (answer.name === 'failover_preview') return answer.preview
    throw new SwitchyardError('PROTOCOL_VIOLATION', `The engine answered with "${answer.name}".`)
  }

  /** A file that never reached the engine, for its admin API. */
  noteRefusal(code: ErrorCode, reason: string): void {
    this.#host?.noteRefusal(code, reason)
  }

  /** For the `/metrics` of the engine. */
  noteNotifications(counters: NotificationCounters): void {
    this.#host?.noteNotifications(counters)
  }

  reopenLogs(): void {
    this.#host?.reopenLogs()
  }

  /** Samples of requests are collected only while somebody looks at them. */
  wantTraffic(isTrafficWanted: boolean): void {
    this.#isTrafficWanted = isTrafficWanted
    this.#observe()
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(action, action)
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #start(): Promise<LoadOutcome> {
    const opened = this.#needOpened()
    this.#reports.starting()
    try {
      const instance = (this.#instance ??= await this.#hold(opened))
      const filled = await withStoredSecrets(opened.load, this.#parts.secrets)
      if (!filled.ok) {
        await this.#giveUp(filled.reason)
        return filled
      }
      this.#host = this.#createHost(instance)
      this.#observe()
      this.#onLoad.tell({ load: filled.load, stateDirectory: opened.stateDirectory })
      const outcome = await this.#host.start(filled.load)
      if (outcome.ok) this.#reports.running(this.#host.pid)
      else await this.#giveUp(outcome.reason)
      return outcome
    } catch (error) {
      await this.#giveUp(error instanceof Error ? error.message : String(error))
      throw error
    }
  }

  #hold({ load, stateDirectory }: Opened): Promise<Instance> {
    const log = { info: (message: string) => this.#parts.say(message) }
    const shutdownTimeoutMs = shutdownTimeoutOf(load)
    return Instance.hold({ stateDirectory, config: load.file, shutdownTimeoutMs, log })
  }

  #createHost(instance: Instance): EngineHost {
    const { clock, version, launch } = this.#parts
    return new EngineHost({
      launch,
      clock,
      version,
      adminToken: instance.adminToken,
      stateDirectory: instance.stateDirectory,
      onEvent: (event) => this.#reports.take(event),
      onPid: (pid) =>
        void instance.noteEngine(pid).catch((error: Error) => this.#parts.say(error.message)),
      onAdmin: (admin) =>
        void instance.noteAdmin(admin).catch((error: Error) => this.#parts.say(error.message))
    })
  }

  #observe(): void {
    this.#host?.observe({ isWanted: true, isTrafficWanted: this.#isTrafficWanted })
  }

  /** Nothing runs; the workspace stays open so that it can be mended and started. */
  async #giveUp(reason: string): Promise<void> {
    await this.#stopHost()
    await this.#release()
    this.#onLoad.tell(null)
    this.#reports.stopped(reason)
  }

  async #end(): Promise<StopOutcome | null> {
    const outcome = await this.#stopHost()
    await this.#release()
    this.#opened = null
    this.#onLoad.tell(null)
    this.#reports.closed()
    return outcome
  }

  async #stopHost(): Promise<StopOutcome | null> {
    const host = this.#host
    const opened = this.#opened
    if (!host || !opened) return null
    const stopping = host.stop(shutdownTimeoutOf(opened.load))
    // Whoever does not answer will not drain either.
    if (this.#reports.isSilent) host.cut()
    const outcome = await stopping
    this.#lastStop = outcome
    this.#reports.ended()
    this.#host = null
    return outcome
  }

  async #release(): Promise<void> {
    await this.#instance?.release()
    this.#instance = null
  }

  #needOpened(): Opened {
    if (this.#opened) return this.#opened
    throw new SwitchyardError('WORKSPACE_NONE', 'No configuration is open, so no engine can run.')
  }

  #needHost(): EngineHost {
    if (this.#host) return this.#host
    throw new SwitchyardError('ENGINE_DIED', 'The engine is not running.')
  }
}

/** The engine drops a message with anything else in it, and would never answer. */
function plainLoad({ document, baseDir, file }: EngineLoad): EngineLoad {
  return { document, baseDir, file }
}

function shutdownTimeoutOf({ document, file, baseDir }: EngineLoad): number {
  const parsed = parseDocument(document, { file, baseDir })
  // The engine refuses such a document; until then the default has to do.
  return parsed.ok ? parsed.settings.shutdownTimeoutMs : DEFAULT_SHUTDOWN_TIMEOUT_MS
}
