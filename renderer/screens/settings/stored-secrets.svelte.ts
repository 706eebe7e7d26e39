/** The secrets that the console keeps, by name, and the one that is being typed. */
import type { ConsoleBackend } from '../../backend/console-backend.ts'
import { problemFrom, type Problem } from '../../ui/data-state.ts'

/** As the contract has it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export class StoredSecrets {
  names = $state.raw<readonly string[]>([])
  problem = $state.raw<Problem | null>(null)
  isBusy = $state(false)
  name = $state('')
  /** Gone from here as soon as it is saved. */
  value = $state('')

  readonly #backend: ConsoleBackend

  constructor(backend: ConsoleBackend) {
    this.#backend = backend
  }

  /** Why the name is refused; null: it is not, or there is none yet. */
  get nameProblem(): string | null {
    if (this.name === '' || NAME.test(this.name)) return null
    return 'Use 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first.'
  }

  /** Why it cannot be saved now; null: it can. */
  get saveRefusal(): string | null {
    if (this.name === '') return 'Give the secret a name.'
    return this.nameProblem ?? (this.value === '' ? 'Type its value.' : null)
  }

  /** The name is of one that is stored: saving replaces it. */
  get isReplacement(): boolean {
    return this.names.includes(this.name)
  }

  async refresh(): Promise<void> {
    await this.#do('The secrets could not be listed.', () => this.#backend.call('secrets.list', {}))
  }

  async save(): Promise<void> {
    if (this.saveRefusal !== null || this.isBusy) return
    const { name, value } = this
    const isSaved = await this.#do(`The secret ${name} was not saved.`, () =>
      this.#backend.call('secrets.save', { name, value })
    )
    if (isSaved) this.name = this.value = ''
  }

  async forget(name: string): Promise<void> {
    await this.#do(`The secret ${name} was not forgotten.`, () =>
      this.#backend.call('secrets.forget', { name })
    )
  }

  async #do(
    whenItFails: string,
    call: () => Promise<{ readonly names: readonly string[] }>
  ): Promise<boolean> {
    this.isBusy = true
    this.problem = null
    try {
      this.names = (await call()).names
      return true
    } catch (error) {
      this.problem = problemFrom(error, whenItFails)
      return false
    } finally {
      this.isBusy = false
    }
  }
}
