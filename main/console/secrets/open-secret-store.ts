/** Chooses the best place for secrets that this host has, and says what it is. */
import { join } from 'node:path'
import { createStateDirectory } from '../../engine-host/state-directory.ts'
import { MemorySecretStore } from './memory-secret-store.ts'
import { KEY_COST } from './passphrase-key.ts'
import { PassphraseSealer } from './passphrase-sealer.ts'
import { givenPassphrase, type GivenPassphrase } from './passphrase-source.ts'
import { SealedSecretStore } from './sealed-secret-store.ts'
import { SecretFile } from './secret-file.ts'
import type { SecretStore, SystemVault } from './secret-store.ts'
import { SystemSealer } from './system-sealer.ts'

export const SECRETS_FILE = 'secrets.json'

export interface SecretStoreParts {
  /** Absolute path of the console's state folder. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The host's vault; null where there is none. */
  readonly vault: SystemVault | null
  /** scrypt's N for a new file; default `KEY_COST`. */
  readonly keyCost?: number
  /** A line for the log of the console; never with a secret in it. */
  say(line: string): void
}

/** Never rejects: with nothing better, secrets are kept in memory, and `description` says why. */
export async function openSecretStore(parts: SecretStoreParts): Promise<SecretStore> {
  let file: SecretFile
  try {
    await createStateDirectory(parts.folder)
    file = await SecretFile.open(join(parts.folder, SECRETS_FILE))
  } catch (error) {
    return inMemory(parts, null, error)
  }
  const { vault } = parts
  if (vault && (await isUsable(vault))) {
    return new SealedSecretStore(new SystemSealer(vault), file)
  }
  try {
    const given = await givenPassphrase(parts.environment)
    return given ? await underPassphrase(parts, given, file) : new MemorySecretStore(file)
  } catch (error) {
    // A passphrase that cannot be read, or a key that takes more memory than there is.
    return inMemory(parts, file, error)
  }
}

async function underPassphrase(
  parts: SecretStoreParts,
  given: GivenPassphrase,
  file: SecretFile
): Promise<SecretStore> {
  if (given.isExposed) {
    parts.say(`Others may read the passphrase from ${given.source}: give the file the mode 0600.`)
  }
  const sealer = await PassphraseSealer.create(given, file, parts.keyCost ?? KEY_COST)
  if (sealer.isLocked) parts.say(`Secrets are locked: ${sealer.description}.`)
  return new SealedSecretStore(sealer, file)
}

async function isUsable(vault: SystemVault): Promise<boolean> {
  try {
    return await vault.isAvailable()
  } catch {
    // A keyring that does not answer protects nothing.
    return false
  }
}

function inMemory(parts: SecretStoreParts, file: SecretFile | null, error: unknown): SecretStore {
  const reason = error instanceof Error ? error.message : String(error)
  parts.say(`Secrets are kept in memory only. ${reason}`)
  return new MemorySecretStore(file, reason.replace(/\.$/, ''))
}
