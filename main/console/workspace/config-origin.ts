/** Where the text of the open configuration lives: a file of the operator's, or memory (the demo). */
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { readText } from '../../config-file/config-file.ts'
import { replaceFile } from './file-write.ts'
import type { TextOrigin } from './config-text.ts'

export interface ConfigOrigin extends TextOrigin {
  /** Base name of the file, "demo". */
  readonly name: string
  /** Whether what is staged, and versions of it, outlive the console. */
  readonly isKept: boolean
  /** Throws CONFIG_UNREADABLE. */
  read(): Promise<string>
  /** Throws CONFIG_UNWRITABLE; then the old text is still there. */
  write(text: string): Promise<void>
}

export class FileOrigin implements ConfigOrigin {
  readonly file: string
  readonly name: string
  readonly baseDir: string
  readonly isKept = true
  /** As it was read last: a file that was deleted meanwhile is written anew with it. */
  #mode: number | undefined

  /** `file` is absolute. */
  constructor(file: string) {
    this.file = file
    this.baseDir = dirname(file)
    this.name = basename(file)
  }

  async read(): Promise<string> {
    // A pipe or a device would be read without end.
    const facts = await stat(this.file).catch(() => null)
    if (facts !== null) this.#mode = facts.mode & 0o777
    if (facts === null || facts.isFile() || facts.isDirectory()) return readText(this.file)
    const message = `${this.file} cannot be read: it is not a regular file.`
    throw new SwitchyardError('CONFIG_UNREADABLE', message, { file: this.file })
  }

  async write(text: string): Promise<void> {
    try {
      await replaceFile(this.file, text, this.#mode)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new SwitchyardError(
        'CONFIG_UNWRITABLE',
        `${this.file} could not be written: ${reason}.`,
        { file: this.file },
        { cause: error }
      )
    }
  }
}

/** Whether a text could not be read because there is no such file. */
export function isMissing({ cause }: SwitchyardError): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}

export class DemoOrigin implements ConfigOrigin {
  readonly file = 'demo'
  readonly name = 'demo'
  readonly baseDir: string
  readonly isKept = false
  #text: string

  constructor(text: string, baseDir: string) {
    this.#text = text
    this.baseDir = baseDir
  }

  read(): Promise<string> {
    return Promise.resolve(this.#text)
  }

  write(text: string): Promise<void> {
    this.#text = text
    return Promise.resolve()
  }
}
