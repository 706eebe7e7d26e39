/** Contract: Home, End and the page keys move the mark; what has a modifier or no meaning passes. */
import { expect, test } from 'vitest'
import { gridKeys } from './grid-keys.ts'

function pressed(key: string, modifiers: Partial<KeyboardEvent> = {}): readonly unknown[] {
  const done: unknown[] = []
  const onKey = gridKeys({
    move: (rows) => done.push(rows),
    count: () => 40,
    more: { ArrowLeft: () => done.push('out') }
  })
  const event = { key, ...modifiers, preventDefault: () => done.push('taken') }
  onKey(event as unknown as KeyboardEvent)
  return done
}

test.each([
  ['Home', -40],
  ['End', 40],
  ['PageUp', -15],
  ['PageDown', 15],
  ['ArrowLeft', 'out']
])('%s is taken and does %s', (key, what) => {
  expect(pressed(key)).toEqual(['taken', what])
})

test.each([
  ['a', {}],
  ['Home', { ctrlKey: true }],
  ['End', { metaKey: true }],
  ['PageUp', { altKey: true }]
])('%s with %j passes', (key, modifiers) => {
  expect(pressed(key, modifiers)).toEqual([])
})
