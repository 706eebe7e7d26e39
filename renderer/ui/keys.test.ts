/** Bindings as people read them, on a Mac and elsewhere. */
import { expect, test } from 'vitest'
import { isMacKeyboard, keyNames, keysText } from './keys.ts'

test('a chord is one stroke, a sequence is several', () => {
  expect(keyNames('Mod+Shift+K', false)).toEqual([['Ctrl', 'Shift', 'K']])
  expect(keyNames('Mod+Shift+K', true)).toEqual([['⌘', '⇧', 'K']])
  expect(keyNames('g l', false)).toEqual([['g'], ['l']])
  expect(keyNames('', false)).toEqual([])
})

test('the plus key is a key too', () => {
  expect(keyNames('Mod++', false)).toEqual([['Ctrl', '+']])
  expect(keyNames('+', false)).toEqual([['+']])
})

test('keys read as a sentence', () => {
  expect(keysText('Shift+Escape', false)).toBe('Shift+Esc')
  expect(keysText('g p', true)).toBe('g then p')
})

test('a Mac is known by its platform', () => {
  expect(isMacKeyboard({ platform: 'MacIntel' })).toBe(true)
  expect(isMacKeyboard({ platform: 'Linux x86_64' })).toBe(false)
})
