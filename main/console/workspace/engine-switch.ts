/**
 * One configuration in the place of another in the engine: by a reload, or by another engine where
 * the running one cannot take it. Whatever goes wrong ends with what ran before.
 */
import { restartReason } from '../../../proxy-core/admin/restart-reason.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { ConfigRestart } from './config-desk.ts'
import type { ValidText } from './config-text.ts'
import type { EngineSeat } from './engine-seat.ts'

/** After these the engine may run the text that was meant for it all the same, once it is back. */
const UNDECIDED: ReadonlySet<string> = new Set(['ENGINE_DIED', 'ENGINE_SILENT'])

export class EngineSwitch {
  readonly #seat: EngineSeat

  constructor(seat: EngineSeat) {
    this.#seat = seat
  }

  /** `from` is null where nothing runs. Throws the engine's refusal; then `from` runs again. */
  async to(config: ValidText, from: ValidText | null): Promise<void> {
    const isRestart = from !== null && restartBetween(from, config) !== null
    try {
      if (isRestart) await this.#seat.runWhole(config)
      else await this.#seat.run(config)
    } catch (error) {
      // An engine that is down or silent would come back with what was just refused.
      const isUndecided = error instanceof SwitchyardError && UNDECIDED.has(error.code)
      if (isRestart) await this.#startAgain(from, error)
      else if (isUndecided && from) await this.#seat.run(from).catch(() => undefined)
      throw error
    }
  }

  /** The text of `from` was taken and must not go on. Throws the engine's refusal. */
  async back(from: ValidText, to: ValidText | null): Promise<void> {
    if (to === null) return this.#seat.close()
    if (restartBetween(from, to) === null) return this.#seat.run(to)
    return this.#seat.runAnew(to)
  }

  /** With what ran before: the new text did not start. */
  async #startAgain(before: ValidText, cause: unknown): Promise<void> {
    try {
      await this.#seat.runAnew(before)
    } catch (error) {
      const reasons = [cause, error].map((one) =>
        one instanceof Error ? one.message : String(one)
      )
      throw new SwitchyardError(
        'ENGINE_DIED',
        `The engine did not start with the changes, nor without them again: ${reasons.join(' ')}`,
        {},
        { cause: error }
      )
    }
  }
}

/** null: the running engine can take it. */
export function restartBetween(running: ValidText, next: ValidText): ConfigRestart | null {
  const { settings } = running.result
  const reason = restartReason(settings.admin, next.result.settings.admin)
  return reason === null ? null : { reason, drainMs: settings.shutdownTimeoutMs }
}
