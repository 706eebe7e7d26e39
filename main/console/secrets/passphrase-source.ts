/** Where the passphrase of a console without a keyring comes from. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'

export const PASSPHRASE_VARIABLE = 'SWITCHYARD_PASSPHRASE_FILE'
/** `LoadCredential=switchyard-passphrase:…` of systemd. */
export const PASSPHRASE_CREDENTIAL = 'switchyard-passphrase'

export interface GivenPassphrase {
  readonly passphrase: string
  /** "the file named by SWITCHYARD_PASSPHRASE_FILE". */
  readonly source: string
  /** Others than its owner may read the file. */
  readonly isExposed: boolean
}

/**
 * null: none is given. Rejects with SECRET_STORE_LOCKED when one is named that cannot be read or
 * is empty: the operator wanted it to be used.
 */
export async function givenPassphrase(
  environment: Readonly<Record<string, string | undefined>>
): Promise<GivenPassphrase | null> {
  const named = environment[PASSPHRASE_VARIABLE]
  if (named) return fromFile(named, `the file named by ${PASSPHRASE_VARIABLE}`)
  const credentials = environment['CREDENTIALS_DIRECTORY']
  if (!credentials) return null
  const file = join(credentials, PASSPHRASE_CREDENTIAL)
  const exists = await stat(file).then(
    () => true,
    () => false
  )
  return exists ? fromFile(file, `the systemd credential ${PASSPHRASE_CREDENTIAL}`) : null
}

async function fromFile(file: string, source: string): Promise<GivenPassphrase> {
  try {
    const { mode } = await stat(file)
    const passphrase = (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
    if (passphrase === '') throw new Error('it is empty')
    return { passphrase, source, isExposed: (mode & 0o077) !== 0 }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `The passphrase cannot be read from ${source} (${file}): ${reason}.`
    throw new SwitchyardError('SECRET_STORE_LOCKED', message, {}, { cause: error })
  }
}
