/** Names of key presses, on both kinds of keyboard. */
import { describe, expect, test } from 'vitest'
import { nameOfPress, type KeyPress } from './key-press.ts'

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held
})

const CTRL = { ctrlKey: true }
const META = { metaKey: true }
const SHIFT = { shiftKey: true }

const OTHERS: readonly (readonly [string, Partial<KeyPress>, string | null])[] = [
  ['g', {}, 'g'],
  ['?', SHIFT, '?'],
  ['!', SHIFT, '!'],
  [' ', {}, 'Space'],
  ['k', CTRL, 'Mod+K'],
  ['K', { ...CTRL, ...SHIFT }, 'Mod+Shift+K'],
  [',', CTRL, 'Mod+,'],
  ['Escape', {}, 'Escape'],
  ['Escape', SHIFT, 'Shift+Escape'],
  ['F11', {}, 'F11'],
  ['Enter', CTRL, 'Mod+Enter'],
  ['@', { ctrlKey: true, altKey: true }, '@'],
  ['x', { altKey: true }, 'Alt+x'],
  ['k', META, null],
  ['Shift', SHIFT, null],
  ['Dead', {}, null]
]

describe('nameOfPress', () => {
  test.each(OTHERS)('reads %s with %o as %s', (key, held, name) => {
    expect(nameOfPress(press(key, held), false)).toBe(name)
  })

  test('takes Command for Mod on a Mac, and leaves Control to the system', () => {
    expect(nameOfPress(press('k', META), true)).toBe('Mod+K')
    expect(nameOfPress(press('k', CTRL), true)).toBeNull()
  })
})
