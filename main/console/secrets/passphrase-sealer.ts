/** Seals with a passphrase. The first secret decides it for the file; a wrong one opens nothing. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { newSalt, PassphraseKey } from './passphrase-key.ts'
import type { GivenPassphrase } from './passphrase-source.ts'
import type { Sealer } from './sealed-secret-store.ts'
import type { SecretFile, Sealed } from './secret-file.ts'

/** Sealed under this name, which no secret can have. */
const CHECK_NAME = ' check'
const CHECK_TEXT = 'switchyard'

export class PassphraseSealer implements Sealer {
  readonly kind = 'passphrase'
  readonly description: string
  readonly isLocked: boolean
  readonly #given: GivenPassphrase
  readonly #cost: number
  /** null: wrong passphrase, or none was used in this file. */
  #key: PassphraseKey | null
  /** One for all secrets that are saved at the same time: each would take half a second. */
  #preparing: Promise<void> | null = null

  private constructor(
    given: GivenPassphrase,
    facts: { readonly isLocked: boolean; readonly key: PassphraseKey | null; readonly cost: number }
  ) {
    this.#given = given
    this.#key = facts.key
    this.#cost = facts.cost
    this.isLocked = facts.isLocked
    this.description = facts.isLocked
      ? `file, locked: the passphrase from ${given.source} does not fit`
      : 'file, locked with your passphrase'
  }

  /** Tries the passphrase on what the file has already. `newCost`: of a file without a key. */
  static async create(
    given: GivenPassphrase,
    file: SecretFile,
    newCost: number
  ): Promise<PassphraseSealer> {
    const found = file.document.key
    if (found === null) {
      return new PassphraseSealer(given, { isLocked: false, key: null, cost: newCost })
    }
    const { salt, cost, check } = found
    const key = await PassphraseKey.derive(given.passphrase, salt, cost)
    const isRight = check.by === 'passphrase' && key.open(CHECK_NAME, check) === CHECK_TEXT
    const facts = { isLocked: !isRight, key: isRight ? key : null, cost }
    return new PassphraseSealer(given, facts)
  }

  async prepare(file: SecretFile): Promise<void> {
    this.#assertUnlocked()
    if (this.#key) return
    this.#preparing ??= this.#begin(file).finally(() => (this.#preparing = null))
    await this.#preparing
  }

  seal(name: string, plain: string): Promise<Sealed> {
    this.#assertUnlocked()
    return Promise.resolve(this.#key!.seal(name, plain))
  }

  open(name: string, sealed: Sealed): Promise<{ plain: string; shouldSealAgain: boolean } | null> {
    if (sealed.by !== 'passphrase') return Promise.resolve(null)
    this.#assertUnlocked()
    const plain = this.#key?.open(name, sealed) ?? null
    return Promise.resolve(plain === null ? null : { plain, shouldSealAgain: false })
  }

  /** The key is used only when the file says how to make it again. */
  async #begin(file: SecretFile): Promise<void> {
    const cost = this.#cost
    const salt = newSalt()
    const key = await PassphraseKey.derive(this.#given.passphrase, salt, cost)
    const check = key.seal(CHECK_NAME, CHECK_TEXT)
    await file.change((document) => ({ ...document, key: { salt, cost, check } }))
    this.#key = key
  }

  #assertUnlocked(): void {
    if (!this.isLocked) return
    const message = `The passphrase from ${this.#given.source} does not open the saved secrets; nothing was changed.`
    throw new SwitchyardError('SECRET_STORE_LOCKED', message)
  }
}
