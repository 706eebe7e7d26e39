/**
 * One life of `switchyard run` after its files are open: the first load, the reloads, the
 * stop. Decides what is said about each; knows neither signals nor the command line.
 */
import type { EngineHost } from '../../engine-host/engine-host.ts'
import type { LoadOutcome } from '../../engine-host/engine-link.ts'
import type { ConfigProblem } from '../../../proxy-core/model/config-problem.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { EngineSettings } from '../../../proxy-core/model/settings.ts'
import { readConfig, type ConfigOverrides, type ReadConfig } from '../../config-file/config-file.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { NotificationConfig } from '../../notifications/notification-desk.ts'
import type { OperatorLog } from './operator-log.ts'
import { engineRefusalEntry, problemsEntry, warningEntry } from './refusal.ts'

export interface RunSessionParts {
  readonly host: EngineHost
  readonly log: OperatorLog
  readonly file: string
  readonly overrides: ConfigOverrides
  readonly tokenFile: string
  readonly notifications: {
    configure(config: NotificationConfig): void
    stop(): Promise<void>
  }
}

/** A signal always reloads, a file event only when the text is another one. */
export type ReloadCause = 'signal' | 'file'

const STAYS = 'The running configuration stays.'

type Opened = Extract<LoadOutcome, { ok: true }>

export class RunSession {
  readonly #parts: RunSessionParts
  #settings: EngineSettings
  /** What was read last, taken or not; null when the file could not be read. */
  #lastText: string | null
  #announced: ReadonlySet<string> = new Set()
  #isReloading = false
  #currentReload: Promise<void> = Promise.resolve()
  #nextReload: ReloadCause | null = null
  #isStopping = false

  constructor(parts: RunSessionParts, config: ReadConfig, settings: EngineSettings) {
    this.#parts = parts
    this.#lastText = config.text
    this.#settings = settings
  }

  /** null: it runs. */
  async start(config: ReadConfig): Promise<ExitCode | null> {
    const { host, log, notifications } = this.#parts
    // Before: what the first probes find is news.
    if (config.result.ok) notifications.configure(config.result)
    try {
      const outcome = await host.start(loadOf(config))
      if (outcome.ok) {
        this.#announce(outcome)
        return null
      }
      log.write(engineRefusalEntry('Nothing is served.', outcome))
      return outcome.code === 'CONFIG_INVALID' ? EXIT.configuration : EXIT.notStarted
    } catch (error) {
      // A stop during the start ends the engine under the load; that is no failure.
      if (this.#isStopping) return EXIT.done
      if (!(error instanceof SwitchyardError)) throw error
      log.write({ level: 'error', message: `${error.message} Nothing is served.` })
      return EXIT.notStarted
    }
  }

  /** One reload runs at a time; what is asked for meanwhile is one more after it. */
  async reload(cause: ReloadCause): Promise<void> {
    if (this.#isReloading) {
      if (this.#nextReload !== 'signal') this.#nextReload = cause
      return
    }
    this.#isReloading = true
    for (let next: ReloadCause | null = cause; next && !this.#isStopping; next = this.#nextReload) {
      this.#nextReload = null
      this.#currentReload = this.#reloadOnce(next)
      await this.#currentReload
    }
    this.#isReloading = false
  }

  async stop(): Promise<ExitCode> {
    const { host, log } = this.#parts
    this.#isStopping = true
    // The engine finishes a reload before it stops: what that brought is in force by then.
    if (this.#isReloading) await this.#currentReload.catch(() => undefined)
    const { shutdownTimeoutMs } = this.#settings
    const limit = shutdownTimeoutMs === 0 ? '' : ` for at most ${seconds(shutdownTimeoutMs)}`
    log.info(`Stopping: no new connections, running exchanges may finish${limit}.`)
    const outcome = await host.stop(shutdownTimeoutMs)
    await this.#parts.notifications.stop()
    if (outcome.lost !== null) {
      const message = `${outcome.lost} What still ran was cut and is not counted.`
      log.write({ level: 'error', message, details: { ...outcome } })
      return EXIT.incomplete
    }
    const isClean = outcome.cut === 0
    const message = `Stopped: finished ${outcome.finished}, cut ${outcome.cut}.`
    log.write({ level: isClean ? 'info' : 'warning', message, details: { ...outcome } })
    return isClean ? EXIT.done : EXIT.incomplete
  }

  /** What still runs is cut now; a running `stop` then ends. */
  cut(): void {
    this.#parts.log.info('Cutting what still runs.')
    this.#parts.host.cut()
  }

  reopenLogs(): void {
    this.#parts.log.info('The access logs are opened again.')
    this.#parts.host.reopenLogs()
  }

  async #reloadOnce(cause: ReloadCause): Promise<void> {
    const config = await this.#read(cause)
    if (!config || (cause === 'file' && config.text === this.#lastText)) return
    this.#lastText = config.text
    const { host, log } = this.#parts
    const { result } = config
    if (!result.ok) {
      host.noteRefusal('CONFIG_INVALID', refusalOf(config, result.problems))
      return log.write(problemsEntry(STAYS, config, result.problems, log.isColoured))
    }
    this.warn(config)
    try {
      const outcome = await host.reload(loadOf(config))
      if (!outcome.ok) return log.write(engineRefusalEntry(STAYS, outcome))
      this.#settings = result.settings
      this.#parts.notifications.configure(result)
      this.#announce(outcome)
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error
      log.write({ level: 'error', message: error.message, details: { code: error.code } })
    }
  }

  warn(config: ReadConfig): void {
    const { log } = this.#parts
    for (const warning of config.result.warnings) {
      log.write(warningEntry(warning, config.text, log.isColoured))
    }
  }

  async #read(cause: ReloadCause): Promise<ReadConfig | null> {
    const { file, overrides, log } = this.#parts
    try {
      return await readConfig(file, overrides)
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error
      const isKnown = cause === 'file' && this.#lastText === null
      this.#lastText = null
      if (!isKnown) {
        const message = `${error.message} ${STAYS}`
        this.#parts.host.noteRefusal(error.code, error.message)
        log.write({ level: 'error', message, details: { code: error.code } })
      }
      return null
    }
  }

  /** Every URL once, as long as it stays open. */
  #announce({ listeners, admin }: Opened): void {
    const { log, tokenFile } = this.#parts
    const lines = listeners
      .filter(({ isOpen }) => isOpen)
      .map(({ name, scheme, address }) => `Listener ${name}: ${scheme}://${address}`)
    if (admin) {
      lines.push(`Admin API: ${admin.scheme}://${admin.address} (token in ${tokenFile})`)
    }
    for (const line of lines) if (!this.#announced.has(line)) log.info(line)
    this.#announced = new Set(lines)
  }
}

function loadOf(config: ReadConfig): { document: unknown; baseDir: string; file: string } {
  const document = config.result.ok ? config.result.document : null
  return { document, baseDir: config.baseDir, file: config.file }
}

/** One line for the admin API: how many problems, and where the first one is. */
function refusalOf({ file }: ReadConfig, problems: readonly ConfigProblem[]): string {
  const [first] = problems
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  if (first === undefined) return `${file} cannot be run.`
  return `${file} has ${count}, at line ${first.line}: ${first.message}`
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`
}
