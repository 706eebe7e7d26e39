/** Secrets for the life of the console only; what a file holds stays there, locked. */
import type { SecretFile } from './secret-file.ts'
import { lockedSecret } from './sealed-secret-store.ts'
import type { SecretStore } from './secret-store.ts'

export class MemorySecretStore implements SecretStore {
  readonly kind = 'memory'
  readonly description: string
  readonly #secrets = new Map<string, string>()
  readonly #file: SecretFile | null

  /** `why`: half a sentence, "" = there is nothing better here. */
  constructor(file: SecretFile | null, why = '') {
    this.#file = file
    this.description = why === '' ? 'memory only: not saved' : `memory only: not saved (${why})`
  }

  get names(): readonly string[] {
    return [...this.#secrets.keys()].sort()
  }

  get(name: string): Promise<string | null> {
    const known = this.#secrets.get(name)
    if (known !== undefined) return Promise.resolve(known)
    const sealed = Object.entries(this.#file?.document.secrets ?? {}).find(([one]) => one === name)
    return sealed ? Promise.reject(lockedSecret(name, sealed[1])) : Promise.resolve(null)
  }

  set(name: string, value: string): Promise<void> {
    this.#secrets.set(name, value)
    return Promise.resolve()
  }

  delete(name: string): Promise<void> {
    this.#secrets.delete(name)
    return Promise.resolve()
  }
}
