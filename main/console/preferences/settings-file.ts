/**
 * The file that the preferences are in, as `conf` and `electron-store` (which is a `conf`) offer
 * it: both hosts use the same JSON.
 */
import Conf from 'conf'

/** One JSON document, read and written as a whole; a write replaces the file atomically. */
export interface KeyValueFile {
  /** Absolute path of the file. */
  readonly path: string
  /** Throws when the file cannot be read, parsed or written. */
  store: Record<string, unknown>
}

export const SETTINGS_NAME = 'switchyard-settings'
export const SETTINGS_FILE = `${SETTINGS_NAME}.json`

export interface SettingsPlace {
  /** Absolute folder; electron-store and conf call it `cwd`. */
  readonly folder: string
  /** Without `.json`; conf calls it `configName`, electron-store `name`. */
  readonly name: string
}

/** Throws when the file is not JSON, or cannot be read. It must never be cleared then. */
export type OpenKeyValueFile = (place: SettingsPlace) => KeyValueFile

/** Readable and writable by its owner only. */
export const SETTINGS_MODE = 0o600

export const openConfFile: OpenKeyValueFile = ({ folder, name }) =>
  new Conf<Record<string, unknown>>({
    cwd: folder,
    configName: name,
    clearInvalidConfig: false,
    configFileMode: SETTINGS_MODE
  })
