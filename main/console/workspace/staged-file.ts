/**
 * What is staged and not applied, kept for the next start of the console, one file per
 * configuration. Masked: a secret that was typed anew must be typed once more then, because
 * secrets are written nowhere but in the configuration itself.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { instanceOf } from '../../engine-host/state-directory.ts'
import { KeptJson } from './kept-json.ts'

const stagedSchema = z.strictObject({
  schemaVersion: z.literal(1),
  file: z.string(),
  /** With its secrets masked. */
  text: z.string(),
  /** Of the text that the edit began with. */
  baseHash: z.string(),
  /** Offsets of masks in the text whose secrets are not those of the file: they end with the console. */
  freshMasks: z.array(z.int().nonnegative()).default([])
})

export type KeptStaged = Readonly<z.infer<typeof stagedSchema>>

export class StagedFile {
  readonly #file: string
  readonly #kept: KeptJson<KeptStaged>

  /** `file` is the absolute path of the configuration. */
  constructor(stateFolder: string, file: string) {
    this.#file = file
    const name = `${instanceOf(file)}.json`
    this.#kept = new KeptJson(join(stateFolder, 'staged', name), stagedSchema)
  }

  async read(): Promise<KeptStaged | null> {
    const staged = await this.#kept.read()
    return staged?.file === this.#file ? staged : null
  }

  async write(staged: Pick<KeptStaged, 'text' | 'baseHash' | 'freshMasks'>): Promise<void> {
    await this.#kept.write({ schemaVersion: 1, file: this.#file, ...staged })
  }

  async remove(): Promise<void> {
    await this.#kept.remove()
  }
}
