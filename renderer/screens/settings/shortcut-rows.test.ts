/** Contract: no key leads to two actions, and what the operator changed is marked. */
import { expect, test } from 'vitest'
import { action } from '../../actions/action.ts'
import { clashOf, shortcutGroups } from './shortcut-rows.ts'

const IN_WINDOW = { isInBrowser: false }
const NONE = { shortcuts: {} }

const drain = action({
  id: 'backend.drain',
  section: 'Backend',
  title: 'Drain…',
  keywords: ['stop'],
  icon: 'log-out',
  keys: ['d'],
  run: () => undefined
})
const goLive = action({
  id: 'go.live',
  section: 'Go to',
  title: 'Live',
  keywords: ['home'],
  icon: 'activity',
  keys: ['g l'],
  keysWeb: ['g h'],
  run: () => undefined
})
const ACTIONS = [drain, goLive]

test('actions stand under their subject, in the order of the subjects', () => {
  const groups = shortcutGroups(ACTIONS, NONE, IN_WINDOW)
  expect(groups.map(({ section }) => section)).toEqual(['Go to', 'Backend'])
  expect(groups[0]!.rows[0]).toMatchObject({ keys: ['g l'], isChanged: false })
})

test('a key of the operator replaces the own one, and an empty one takes it away', () => {
  const wishes = { shortcuts: { 'backend.drain': '', 'go.live': 'x' } }
  const rows = shortcutGroups(ACTIONS, wishes, IN_WINDOW).flatMap((group) => group.rows)
  expect(rows.map(({ keys, isChanged }) => [keys, isChanged])).toEqual([
    [['x'], true],
    [[], true]
  ])
})

test('equal keys clash, and so does the beginning of a sequence, but not the own key', () => {
  const clash = (keys: string, id: string): string | null =>
    clashOf(keys, id, ACTIONS, NONE, IN_WINDOW)
  expect(clash('d', 'go.live')).toBe('d already belongs to “Drain…”.')
  expect(clash('d', 'backend.drain')).toBeNull()
  expect(clash('g', 'backend.drain')).toContain('“Live”')
  expect(clash('d x', 'go.live')).toContain('“Drain…”')
  expect(clash('gl', 'backend.drain')).toBeNull()
})

test('in a browser the keys that hold there are the ones that clash', () => {
  expect(clashOf('g h', 'backend.drain', ACTIONS, NONE, { isInBrowser: true })).not.toBeNull()
  expect(clashOf('g l', 'backend.drain', ACTIONS, NONE, { isInBrowser: true })).toBeNull()
})
