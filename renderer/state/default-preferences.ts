/** What holds until the host has told the operator's preferences. */
import type { Preferences } from '../../preload/contract/preferences.ts'

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'system',
  density: 'normal',
  motion: 'system',
  areSingleKeysOn: true,
  shortcuts: {},
  notifications: { isOn: true },
  safety: { isReadOnly: false, adminStateForMs: 3_600_000 },
  onWindowClose: 'ask',
  savedFilters: []
}
