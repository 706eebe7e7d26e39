/**
 * Brings the settings document of an older Switchyard to the newest version. Each step is a pure
 * function from the version of its index to the next one, and none is changed once released.
 */

export type SettingsDocument = Readonly<Record<string, unknown>>

/** A file without a version was written by hand: its preferences stand at the top. */
function toFirst(document: SettingsDocument): SettingsDocument {
  const { preferences, ...top } = document
  return { preferences: preferences ?? top }
}

type Migration = (document: SettingsDocument) => SettingsDocument

export const SETTINGS_MIGRATIONS: readonly Migration[] = [toFirst]

export const SETTINGS_VERSION = SETTINGS_MIGRATIONS.length

/** null: the document is of a newer Switchyard, or its version is none. */
export function migrated(
  document: SettingsDocument,
  migrations = SETTINGS_MIGRATIONS
): SettingsDocument | null {
  const { schemaVersion: version = 0, ...content } = document
  if (typeof version !== 'number' || !Number.isInteger(version)) return null
  if (version < 0 || version > migrations.length) return null
  const steps = migrations.slice(version)
  const result = steps.reduce<SettingsDocument>((before, step) => step(before), content)
  return { ...result, schemaVersion: migrations.length }
}
