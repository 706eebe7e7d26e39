/**
 * The last word of an engine whose parent is gone, in the state directory: the next console
 * reads it to say what was lost. Replaced by rename, so a reader never sees half of it.
 */
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SwitchyardError } from '../model/error-catalogue.ts'

export const ENGINE_END_FILE = 'engine-end.json'

export const engineEndSchema = z.strictObject({
  /** Wall-clock milliseconds at which the last exchange had ended. */
  atMs: z.number(),
  /** Exchanges that ran to their end after the parent was gone. */
  finished: z.int().nonnegative(),
  /** Exchanges that were cut at the end of the shutdown timeout. */
  cut: z.int().nonnegative(),
  /** A sentence. */
  reason: z.string()
})

export type EngineEnd = Readonly<z.infer<typeof engineEndSchema>>

/** Rejects with STATE_UNUSABLE. */
export async function writeEngineEnd(directory: string, end: EngineEnd): Promise<void> {
  const file = join(directory, ENGINE_END_FILE)
  const temporary = `${file}.tmp`
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(end, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SwitchyardError(
      'STATE_UNUSABLE',
      `The end of the engine could not be written to ${file}: ${reason}.`,
      { file },
      { cause: error }
    )
  }
}
