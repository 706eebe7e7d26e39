/** The preferences of an operator who has set none. */
import type { Preferences } from '../../../preload/contract/preferences.ts'

const HALF_HOUR_MS = 1_800_000

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'system',
  density: 'normal',
  motion: 'system',
  areSingleKeysOn: true,
  shortcuts: {},
  notifications: { isOn: true },
  safety: { isReadOnly: false, adminStateForMs: HALF_HOUR_MS },
  onWindowClose: 'ask',
  savedFilters: []
}
