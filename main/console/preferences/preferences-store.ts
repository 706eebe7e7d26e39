/**
 * The operator's preferences. The file is edited by people too, so nothing in it is ever lost:
 * what cannot be used is copied aside before anything is written, and told.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Preferences, PreferencesPatch } from '../../../preload/contract/preferences.ts'
import { preferencesSchema } from '../../../preload/contract/preferences.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { TopicSource } from '../../contract/topic-sources.ts'
import { readPreferences } from './preferences-reading.ts'
import {
  openConfFile,
  SETTINGS_FILE,
  SETTINGS_NAME,
  type KeyValueFile,
  type OpenKeyValueFile
} from './settings-file.ts'
import { migrated, SETTINGS_VERSION } from './settings-migrations.ts'

export interface PreferencesStoreParts {
  /** Absolute folder; made with mode 0700 where it is missing. */
  readonly folder: string
  readonly clock: Clock
  /** SETTINGS_INVALID as a sentence: what was set aside, and where. */
  readonly onProblem: (message: string) => void
  /** Default: `conf`. */
  readonly openFile?: OpenKeyValueFile
}

export class PreferencesStore {
  readonly #parts: PreferencesStoreParts
  readonly #file: KeyValueFile
  readonly #listeners = new Set<(preferences: Preferences) => void>()
  #current: Preferences

  /** Throws STATE_UNUSABLE when the folder or the file cannot be used at all. */
  constructor(parts: PreferencesStoreParts) {
    this.#parts = parts
    try {
      mkdirSync(parts.folder, { recursive: true, mode: 0o700 })
      this.#file = this.#open()
      this.#current = this.#read()
    } catch (error) {
      throw unusable(join(parts.folder, SETTINGS_FILE), 'read', error)
    }
  }

  get path(): string {
    return this.#file.path
  }

  get current(): Preferences {
    return this.#current
  }

  readonly topic: TopicSource<'preferences'> = {
    open: (_args, push) => {
      push(this.#current)
      return this.onChange(push)
    }
  }

  /** Returns the end of it. */
  onChange(listener: (preferences: Preferences) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What is absent stays. Throws ARGUMENTS_INVALID, STATE_UNUSABLE; then nothing changed. */
  change(patch: PreferencesPatch): Preferences {
    const given = Object.entries(patch).filter(([, value]) => value !== undefined)
    const next = preferencesSchema.safeParse({ ...this.#current, ...Object.fromEntries(given) })
    if (!next.success) {
      const [issue] = next.error.issues
      const message = `The preference ${issue?.path.join('.') ?? ''} cannot be set: ${issue?.message ?? ''}.`
      throw new SwitchyardError('ARGUMENTS_INVALID', message)
    }
    this.#write(next.data)
    this.#current = next.data
    for (const listener of this.#listeners) listener(this.#current)
    return this.#current
  }

  #open(): KeyValueFile {
    const { folder, openFile = openConfFile } = this.#parts
    const place = { folder, name: SETTINGS_NAME }
    try {
      const file = openFile(place)
      // Read once here, so that a file which is no JSON is found before it is needed.
      void file.store
      return file
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      const path = join(folder, SETTINGS_FILE)
      const aside = this.#copyAside(path)
      rmSync(path)
      this.#tell(`${path} is not JSON. It was set aside as ${aside}; the defaults are used.`)
      return openFile(place)
    }
  }

  #read(): Preferences {
    const { path } = this.#file
    const document = migrated(this.#file.store)
    if (document === null) {
      const aside = this.#copyAside(path)
      this.#tell(
        `${path} is not of a version that this Switchyard knows (up to ${SETTINGS_VERSION}). It was copied to ${aside}; the defaults are used.`
      )
    }
    const { preferences, refused } = readPreferences(document?.['preferences'])
    if (refused.length > 0) {
      const aside = this.#copyAside(path)
      this.#tell(
        `${path} has values that cannot be used (${refused.join(', ')}). It was copied to ${aside}; the defaults stand in for them.`
      )
    }
    return preferences
  }

  /** Other keys of the document belong to the host. */
  #write(preferences: Preferences): void {
    try {
      this.#file.store = { ...this.#file.store, schemaVersion: SETTINGS_VERSION, preferences }
    } catch (error) {
      throw unusable(this.#file.path, 'written', error)
    }
  }

  /** Returns the base name of the copy; existing copies are never overwritten. */
  #copyAside(path: string): string {
    const stamp = new Date(this.#parts.clock.wallNow()).toISOString().replaceAll(':', '-')
    let aside = `${path}.invalid-${stamp}`
    for (let copy = 2; existsSync(aside); copy++) aside = `${path}.invalid-${stamp}-${copy}`
    copyFileSync(path, aside)
    return basename(aside)
  }

  #tell(message: string): void {
    this.#parts.onProblem(message)
  }
}

function unusable(path: string, verb: string, cause: unknown): SwitchyardError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `The settings in ${path} cannot be ${verb}: ${reason}.`
  return new SwitchyardError('STATE_UNUSABLE', message, { path }, { cause })
}
