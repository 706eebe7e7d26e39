/** Key presses as the registry writes them: "Mod+K", "Shift+Escape", "g", "?", "Space". */

/** The part of a keyboard event that counts. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const NO_PRESSES = [
  'Control',
  'Meta',
  'Alt',
  'Shift',
  'AltGraph',
  'CapsLock',
  'Dead',
  'Process',
  'Unidentified'
]

/**
 * The name of a press; null for a modifier alone. `Mod` is Command on a Mac, Control elsewhere.
 * Shift is named only where it does not change the character already: "?" is not "Shift+?".
 */
export function nameOfPress(press: KeyPress, isMac: boolean): string | null {
  if (NO_PRESSES.includes(press.key)) return null
  const isCharacter = [...press.key].length === 1 && press.key !== ' '
  // AltGr makes characters on many keyboards; it comes as Control and Alt together.
  if (isCharacter && press.ctrlKey && press.altKey) return press.key
  // The other of the two belongs to the system.
  if (isMac ? press.ctrlKey : press.metaKey) return null
  const isMod = isMac ? press.metaKey : press.ctrlKey
  const parts = [
    isMod ? 'Mod' : '',
    press.altKey ? 'Alt' : '',
    press.shiftKey && (!isCharacter || isMod) ? 'Shift' : '',
    baseOf(press.key, isCharacter && isMod)
  ]
  return parts.filter((part) => part !== '').join('+')
}

function baseOf(key: string, isChord: boolean): string {
  if (key === ' ') return 'Space'
  return isChord ? key.toUpperCase() : key
}

/** A single character or Space without modifiers: those a page must let people switch off. */
export function isSingleKey(press: string): boolean {
  return [...press].length === 1 || press === 'Space'
}
