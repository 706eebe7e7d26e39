/**
 * Keys as people read them. A binding is written "g l" (one after the other), "Shift+Escape"
 * (together), "Mod+K" (`Mod` is Command on a Mac, Control elsewhere).
 */

const MAC_NAMES: Readonly<Record<string, string>> = {
  Mod: '⌘',
  Shift: '⇧',
  Alt: '⌥',
  Control: '⌃',
  Escape: 'Esc',
  Enter: '↩',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→'
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...MAC_NAMES,
  Mod: 'Ctrl',
  Shift: 'Shift',
  Alt: 'Alt',
  Control: 'Ctrl',
  Enter: 'Enter'
}

/** One entry per stroke, each with the names of its keys: `[['⌘', 'K']]`, `[['g'], ['l']]`. */
export function keyNames(keys: string, isMac: boolean): readonly (readonly string[])[] {
  const names = isMac ? MAC_NAMES : OTHER_NAMES
  return keys
    .split(' ')
    .filter((stroke) => stroke !== '')
    .map((stroke) => keysOf(stroke).map((key) => names[key] ?? key))
}

/** "Ctrl+K", "g then l": for accessible names and descriptions. */
export function keysText(keys: string, isMac: boolean): string {
  return keyNames(keys, isMac)
    .map((stroke) => stroke.join('+'))
    .join(' then ')
}

/** "Mod++" is the key plus with Mod. */
function keysOf(stroke: string): readonly string[] {
  if (stroke === '+') return ['+']
  const parts = stroke.endsWith('++') ? [...stroke.slice(0, -2).split('+'), '+'] : stroke.split('+')
  return parts
}

export function isMacKeyboard(navigator: Pick<Navigator, 'platform'>): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform)
}
