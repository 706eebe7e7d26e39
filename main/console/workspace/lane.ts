/** One thing at a time, in the order of asking; what fails does not hold up the next one. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'

/** People do not ask for more at once; a page that does has lost its way. */
const MAX_WAITING = 16

export class Lane {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Rejects with WORKSPACE_BUSY where too many wait already, else with what `action` rejects with. */
  run<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= MAX_WAITING) {
      const message = `${MAX_WAITING} changes of the workspace wait already.`
      return Promise.reject(new SwitchyardError('WORKSPACE_BUSY', message))
    }
    this.#waiting++
    const result = this.#last.then(action, action).finally(() => this.#waiting--)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Resolves when everything that was asked for so far is done. */
  async idle(): Promise<void> {
    await this.#last
  }
}
