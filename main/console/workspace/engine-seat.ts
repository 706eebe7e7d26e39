/** The engine as the open configuration uses it: opened once, reloaded then. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { OpenListener } from '../../../proxy-core/model/control-protocol.ts'
import type { LoadOutcome } from '../../engine-host/engine-link.ts'
import { listed } from '../live/wording.ts'
import { written } from './changes/listener-changes.ts'
import { loadOf, type ValidText } from './config-text.ts'
import type { EngineDesk } from './engine-desk.ts'

export class EngineSeat {
  readonly #engine: EngineDesk
  readonly #stateDirectory: string
  #isOpen = false
  #listeners: readonly OpenListener[] = []

  constructor(engine: EngineDesk, stateDirectory: string) {
    this.#engine = engine
    this.#stateDirectory = stateDirectory
  }

  /** Of the last configuration that was taken, with the ports really bound. */
  get listeners(): readonly OpenListener[] {
    return this.#listeners
  }

  /** Throws the engine's refusal, and what `EngineDesk` throws. */
  async run(config: ValidText): Promise<void> {
    const load = loadOf(config)
    if (this.#isOpen) return this.#accept(await this.#engine.reload(load))
    const outcome = await this.#engine.open(load, this.#stateDirectory)
    this.#isOpen = true
    this.#accept(outcome)
  }

  /** A refusal leaves the engine stopped. Throws as `EngineDesk`. */
  async restart(config: ValidText): Promise<LoadOutcome> {
    const load = loadOf(config)
    const outcome = this.#isOpen
      ? await this.#engine.restart(load)
      : await this.#engine.open(load, this.#stateDirectory)
    this.#isOpen = true
    this.#listeners = outcome.ok ? outcome.listeners : []
    return outcome
  }

  /** As `run`, in another process: what runs is drained and ended first. */
  async runAnew(config: ValidText): Promise<void> {
    const outcome = await this.restart(config)
    if (!outcome.ok) throw refusal(outcome)
  }

  /**
   * As `runAnew`, and everything that it names is open then. Throws LISTEN_FAILED with what could
   * not be opened; an engine runs all the same.
   */
  async runWhole(config: ValidText): Promise<void> {
    const outcome = await this.restart(config)
    if (!outcome.ok) throw refusal(outcome)
    const closed = outcome.listeners.filter(({ isOpen }) => !isOpen)
    const names = closed.map(({ name, address }) => `listener ${name} on ${address}`)
    if (outcome.admin === null) {
      names.push(`the admin API on ${written(config.result.settings.admin.address)}`)
    }
    if (names.length === 0) return
    const message = `The engine could not open ${listed(names)}.`
    throw new SwitchyardError('LISTEN_FAILED', message)
  }

  async close(): Promise<void> {
    this.#isOpen = false
    this.#listeners = []
    await this.#engine.close()
  }

  #accept(outcome: LoadOutcome): void {
    if (!outcome.ok) throw refusal(outcome)
    this.#listeners = outcome.listeners
  }
}

/** The message carries every problem with its path: the engine knows no lines. */
function refusal({ code, reason, problems }: Extract<LoadOutcome, { ok: false }>): SwitchyardError {
  const list = problems.map(({ path, message }) => `${path || 'document'}: ${message}`)
  return new SwitchyardError(code, [reason, ...list].join(' '), { problems: [...problems] })
}
