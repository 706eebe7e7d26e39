/** Seals with the vault of the operating system. */
import type { Sealer } from './sealed-secret-store.ts'
import type { Sealed } from './secret-file.ts'
import type { SystemVault } from './secret-store.ts'

export class SystemSealer implements Sealer {
  readonly kind = 'system'
  readonly description: string
  readonly #vault: SystemVault

  constructor(vault: SystemVault) {
    this.description = vault.description
    this.#vault = vault
  }

  prepare(): Promise<void> {
    return Promise.resolve()
  }

  async seal(_name: string, plain: string): Promise<Sealed> {
    return { by: 'system', data: await this.#vault.encrypt(plain) }
  }

  async open(
    _name: string,
    sealed: Sealed
  ): Promise<{ plain: string; shouldSealAgain: boolean } | null> {
    if (sealed.by !== 'system') return null
    try {
      const { plain, shouldReEncrypt } = await this.#vault.decrypt(sealed.data)
      return { plain, shouldSealAgain: shouldReEncrypt }
    } catch {
      // Another user's or another machine's keyring: the secret stays where it is.
      return null
    }
  }
}
