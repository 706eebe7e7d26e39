/** Keeps the place of the window in the settings file, beside the preferences. */
import { join } from 'node:path'
import type { KeyValueFile, OpenKeyValueFile } from '../console/preferences/settings-file.ts'
import { SETTINGS_NAME } from '../console/preferences/settings-file.ts'
import { windowPlaceSchema, type WindowPlace } from './window-place.ts'

const KEY = 'window'

export class WindowMemory {
  readonly #folder: string
  readonly #open: OpenKeyValueFile
  readonly #say: (line: string) => void
  #file: KeyValueFile | null = null

  constructor(folder: string, open: OpenKeyValueFile, say: (line: string) => void) {
    this.#folder = folder
    this.#open = open
    this.#say = say
  }

  /** null: it was never kept, or what is kept is no place. */
  read(): WindowPlace | null {
    try {
      const place = windowPlaceSchema.safeParse(this.#opened().store[KEY])
      return place.success ? place.data : null
    } catch (error) {
      this.#tell('read', error)
      return null
    }
  }

  /** A place that cannot be kept is no reason to disturb anybody: it is told in the log. */
  write(place: WindowPlace): void {
    try {
      const file = this.#opened()
      const { store } = file
      if (JSON.stringify(store[KEY]) === JSON.stringify(place)) return
      file.store = { ...store, [KEY]: place }
    } catch (error) {
      this.#tell('kept', error)
    }
  }

  #opened(): KeyValueFile {
    return (this.#file ??= this.#open({ folder: this.#folder, name: SETTINGS_NAME }))
  }

  #tell(verb: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    const path = join(this.#folder, `${SETTINGS_NAME}.json`)
    this.#say(`The place of the window could not be ${verb} in ${path}: ${reason}`)
  }
}
