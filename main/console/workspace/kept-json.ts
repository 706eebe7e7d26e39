/** A small JSON file of the console's state folder: 0600, written as a whole or not at all. */
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { stateUnusable } from '../../engine-host/state-directory.ts'
import { replaceFile } from './file-write.ts'

export class KeptJson<Value> {
  readonly file: string
  readonly #schema: z.ZodType<Value>

  constructor(file: string, schema: z.ZodType<Value>) {
    this.file = file
    this.#schema = schema
  }

  /**
   * null where there is none. A file that does not fit its schema is set aside beside it, so that
   * nothing of it is overwritten. Throws STATE_UNUSABLE.
   */
  async read(): Promise<Value | null> {
    const text = await this.#text()
    if (text === null) return null
    const parsed = this.#schema.safeParse(parsedJson(text))
    if (parsed.success) return parsed.data
    await rename(this.file, `${this.file}.invalid`).catch((error: unknown) => {
      throw stateUnusable(this.file, 'set aside', error)
    })
    return null
  }

  /** Throws STATE_UNUSABLE. */
  async write(value: Value): Promise<void> {
    try {
      await mkdir(dirname(this.file), { recursive: true, mode: 0o700 })
      await replaceFile(this.file, `${JSON.stringify(value, null, 2)}\n`)
    } catch (error) {
      throw stateUnusable(this.file, 'written', error)
    }
  }

  async remove(): Promise<void> {
    try {
      await rm(this.file, { force: true })
    } catch (error) {
      throw stateUnusable(this.file, 'removed', error)
    }
  }

  async #text(): Promise<string | null> {
    try {
      return await readFile(this.file, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw stateUnusable(this.file, 'read', error)
    }
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
