/** Reads preferences out of a document that people may have edited: keeps all that is well. */
import { preferencesSchema, type Preferences } from '../../../preload/contract/preferences.ts'
import { DEFAULT_PREFERENCES } from './default-preferences.ts'

export interface PreferencesReading {
  readonly preferences: Preferences
  /** Names whose values are not usable, and names that there are not. */
  readonly refused: readonly string[]
}

/** What is absent has its default; what is wrong has its default and is named. */
export function readPreferences(written: unknown): PreferencesReading {
  const entries = isRecord(written) ? Object.entries(written) : []
  const refused: string[] = isRecord(written) || written === undefined ? [] : ['preferences']
  let preferences = DEFAULT_PREFERENCES
  for (const [name, value] of entries) {
    const next = preferencesSchema.safeParse({ ...preferences, [name]: value })
    if (next.success) preferences = next.data
    else refused.push(name)
  }
  return { preferences, refused }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
