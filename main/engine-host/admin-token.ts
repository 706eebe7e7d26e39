/**
 * The bearer token of the admin API: 256 random bits in a file that only its owner may
 * read. It stays the same across restarts, so that scripts that read the file keep working.
 */
import { randomBytes } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stateUnusable } from './state-directory.ts'

const TOKEN_BYTES = 32
/** base64url of 32 bytes. A shorter or torn token is replaced, never used. */
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/

export interface AdminToken {
  readonly file: string
  readonly token: string
}

/** Reads the instance's token or makes one. Throws STATE_UNUSABLE. */
export async function openAdminToken(stateDirectory: string): Promise<AdminToken> {
  const known = await readAdminToken(stateDirectory)
  if (known !== null) return known
  const file = fileIn(stateDirectory)
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  try {
    await writeFile(file, `${token}\n`, { mode: 0o600 })
    await chmod(file, 0o600)
  } catch (error) {
    throw stateUnusable(file, 'written', error)
  }
  return { file, token }
}

/** null: there is none, or a torn one. Throws STATE_UNUSABLE. */
export async function readAdminToken(stateDirectory: string): Promise<AdminToken | null> {
  const file = fileIn(stateDirectory)
  try {
    // A token that others could read for a while is closed to them from now on.
    await chmod(file, 0o600)
    const text = (await readFile(file, 'utf8')).trim()
    return TOKEN_PATTERN.test(text) ? { file, token: text } : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw stateUnusable(file, 'read', error)
  }
}

function fileIn(stateDirectory: string): string {
  return join(stateDirectory, 'admin.token')
}
