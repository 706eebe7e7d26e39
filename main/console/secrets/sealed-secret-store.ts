/** Secrets in `secrets.json`, sealed in one way; what was sealed in another way stays locked. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { SecretFile, Sealed } from './secret-file.ts'
import type { SecretStore } from './secret-store.ts'

/** One way of sealing. */
export interface Sealer {
  readonly kind: 'system' | 'passphrase'
  readonly description: string
  /** Before the first use of the key in this file. Rejects with SECRET_STORE_LOCKED. */
  prepare(file: SecretFile): Promise<void>
  seal(name: string, plain: string): Promise<Sealed>
  /** null: it is sealed in another way, or with another key. */
  open(name: string, sealed: Sealed): Promise<{ plain: string; shouldSealAgain: boolean } | null>
}

export class SealedSecretStore implements SecretStore {
  readonly kind: 'system' | 'passphrase'
  readonly description: string
  readonly #sealer: Sealer
  readonly #file: SecretFile

  constructor(sealer: Sealer, file: SecretFile) {
    this.kind = sealer.kind
    this.description = sealer.description
    this.#sealer = sealer
    this.#file = file
  }

  get names(): readonly string[] {
    return Object.keys(this.#file.document.secrets).sort()
  }

  async get(name: string): Promise<string | null> {
    const sealed = this.#sealedOf(name)
    if (sealed === null) return null
    const opened = await this.#sealer.open(name, sealed)
    if (opened === null) throw lockedSecret(name, sealed)
    if (opened.shouldSealAgain) await this.set(name, opened.plain)
    return opened.plain
  }

  async set(name: string, value: string): Promise<void> {
    await this.#sealer.prepare(this.#file)
    const sealed = await this.#sealer.seal(name, value)
    await this.#file.change((document) => ({
      ...document,
      secrets: { ...document.secrets, [name]: sealed }
    }))
  }

  async delete(name: string): Promise<void> {
    if (this.#sealedOf(name) === null) return
    await this.#file.change((document) => {
      const secrets = Object.entries(document.secrets).filter(([one]) => one !== name)
      return { ...document, secrets: Object.fromEntries(secrets) }
    })
  }

  #sealedOf(name: string): Sealed | null {
    const { secrets } = this.#file.document
    return Object.hasOwn(secrets, name) ? secrets[name]! : null
  }
}

const KEYS = { system: 'the keyring of this desktop', passphrase: 'a passphrase' } as const

export function lockedSecret(name: string, { by }: Sealed): SwitchyardError {
  const message = `The secret ${name} was saved with ${KEYS[by]} and cannot be read without it.`
  return new SwitchyardError('SECRET_STORE_LOCKED', message, { name, by })
}
