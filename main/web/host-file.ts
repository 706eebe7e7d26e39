/**
 * How `switchyard console --url` finds the running console: its port and the key to `/mint`, in a
 * file that only the same user can read, for as long as the console runs.
 */
import { randomBytes } from 'node:crypto'
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { stateUnusable } from '../engine-host/state-directory.ts'

const KEY_BYTES = 32

const factsSchema = z.strictObject({
  port: z.int().min(1).max(65_535),
  mintKey: z.string().min(1)
})

export type HostFacts = Readonly<z.infer<typeof factsSchema>>

export function newMintKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url')
}

export function hostFileOf(stateFolder: string): string {
  return join(stateFolder, 'web-host.json')
}

/** Throws STATE_UNUSABLE. */
export async function writeHostFile(stateFolder: string, facts: HostFacts): Promise<void> {
  const file = hostFileOf(stateFolder)
  const temporary = `${file}.${process.pid}.tmp`
  try {
    await writeFile(temporary, JSON.stringify(facts), { mode: 0o600 })
    // The mode of the line above is only for a file that is new.
    await chmod(temporary, 0o600)
    await rename(temporary, file)
  } catch (error) {
    throw stateUnusable(file, 'written', error)
  }
}

/** null when no console has left one, or one that is torn. Throws STATE_UNUSABLE. */
export async function readHostFile(stateFolder: string): Promise<HostFacts | null> {
  const file = hostFileOf(stateFolder)
  try {
    const facts = factsSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
    return facts.success ? facts.data : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw stateUnusable(file, 'read', error)
  }
}

export async function removeHostFile(stateFolder: string): Promise<void> {
  await rm(hostFileOf(stateFolder), { force: true })
}
