/** The keyboard of the page: who types is left alone, what is open comes first. */
import { beforeEach, describe, expect, test } from 'vitest'
import { aFleet, aPlan } from '../testing/live-payloads.ts'
import { ManualPage, NOW_MS } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { ConsoleState } from '../state/console-state.svelte.ts'
import { DEFAULT_PREFERENCES } from '../state/default-preferences.ts'
import { Shortcuts, type FocusKind, type PagePress } from './shortcuts.ts'

let console: ConsoleState
let backend: ScriptedBackend
let shortcuts: Shortcuts
let prevented: number

beforeEach(() => {
  backend = new ScriptedBackend()
  backend.answers = { 'plan.make': (request) => aPlan({ request }) }
  const page = new ManualPage()
  console = new ConsoleState(backend, page)
  console.live.follow()
  backend.push('fleet', aFleet())
  page.paint()
  shortcuts = new Shortcuts({ console }, false)
  prevented = 0
})

function press(key: string, given: Partial<PagePress> = {}): boolean {
  const nothing = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
  const rest = { defaultPrevented: false, repeat: false, focus: 'page' as FocusKind }
  const preventDefault = (): void => void prevented++
  return shortcuts.handle({ key, ...nothing, ...rest, preventDefault, ...given }, 0)
}

describe('Shortcuts', () => {
  test('runs a single key, a sequence and a chord, and takes their presses', () => {
    expect(press('!')).toBe(true)
    expect(console.shell.isOnlyProblems).toBe(true)
    expect([press('g'), press('c')]).toEqual([true, true])
    expect(console.router.screen).toBe('config')
    expect(press('k', { ctrlKey: true })).toBe(true)
    expect(console.shell.palette).not.toBeNull()
    expect(prevented).toBe(4)
  })

  test('leaves alone what belongs to nothing', () => {
    expect(press('z')).toBe(false)
    expect(press('Shift')).toBe(false)
    expect(prevented).toBe(0)
  })

  test('does not act on somebody who types, but for chords', () => {
    expect(press('!', { focus: 'text' })).toBe(false)
    expect(press('g', { focus: 'text' })).toBe(false)
    expect(press('k', { focus: 'text', ctrlKey: true })).toBe(true)
  })

  test.each([' ', 'Enter', 'ArrowDown'])('leaves "%s" to a focused control', (key) => {
    console.hooks.offer({ move: () => {}, open: () => {} })
    expect(press(key, { focus: 'control' })).toBe(false)
    expect(press(key)).toBe(true)
  })

  test('lets single keys be switched off, and keeps chords and sequences', () => {
    console.preferences = { ...DEFAULT_PREFERENCES, areSingleKeysOn: false }
    expect(press('!')).toBe(false)
    expect(press(' ')).toBe(false)
    expect(press('k', { ctrlKey: true })).toBe(true)
  })

  test('takes the operator’s own keys', () => {
    console.preferences = { ...DEFAULT_PREFERENCES, shortcuts: { 'view.only-problems': 'x' } }
    expect(press('!')).toBe(false)
    expect(press('x')).toBe(true)
    expect(console.shell.isOnlyProblems).toBe(true)
  })

  test('does nothing while something modal is open', async () => {
    console.shell.openPalette()
    expect(press('!')).toBe(false)
    console.shell.palette = null
    await console.plans.request({ kind: 'restart_engine' })
    expect(press('!')).toBe(false)
    expect(press('k', { ctrlKey: true })).toBe(false)
  })

  test('does not repeat an action while the key is held, but moves on in a list', () => {
    let moved = 0
    console.hooks.offer({ move: (rows) => (moved += rows) })
    press('!')
    press('!', { repeat: true })
    expect(console.shell.isOnlyProblems).toBe(true)
    press('j')
    press('j', { repeat: true })
    press('k', { repeat: true })
    expect(moved).toBe(1)
  })

  test('ignores a press that somebody has taken already', () => {
    expect(press('!', { defaultPrevented: true })).toBe(false)
  })

  test('closes from the inside out with Escape', () => {
    console.shell.isWall = true
    console.lookAt(NOW_MS)
    console.selection.select({ kind: 'pool', pool: 'api' })
    console.togglePause()
    const open = (): readonly boolean[] => [
      console.shell.isWall,
      console.live.viewAtMs !== null,
      console.selection.current !== null
    ]
    press('Escape')
    expect(open()).toEqual([false, true, true])
    press('Escape')
    expect(open()).toEqual([false, false, true])
    press('Escape')
    expect(open()).toEqual([false, false, false])
    expect(press('Escape')).toBe(false)
    console.togglePause()
    expect(press('Escape')).toBe(true)
    expect(console.isPaused).toBe(false)
  })

  test('leaves Escape to what is modal and to a field', () => {
    console.selection.select({ kind: 'pool', pool: 'api' })
    expect(press('Escape', { focus: 'text' })).toBe(false)
    console.shell.isShortcutSheetOpen = true
    expect(press('Escape')).toBe(false)
    expect(console.selection.current).not.toBeNull()
  })
})
