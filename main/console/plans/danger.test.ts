/** Contract: how dangerous an action is depends on where it happens and what it takes away. */
import { expect, test } from 'vitest'
import { dangerOf } from './danger.ts'

test.each([
  ['dev', 'file', {}, 2],
  ['dev', 'file', { isHarmless: true }, 1],
  ['dev', 'file', { isPassing: true }, 2],
  ['dev', 'file', { isFinal: true }, 3],
  ['staging', 'file', {}, 2],
  ['staging', 'file', { isHarmless: true }, 2],
  ['staging', 'file', { isFinal: true }, 3],
  ['prod', 'file', {}, 3],
  ['prod', 'file', { isHarmless: true }, 3],
  ['prod', 'file', { isPassing: true, isHarmless: true }, 2],
  ['prod', 'file', { isPassing: true, isFinal: true }, 3],
  ['prod', 'file', { isFinal: true }, 3],
  ['prod', 'demo', { isHarmless: true }, 1]
] as const)('on %s (%s) with %j it is level %d', (environment, kind, facts, level) => {
  expect(dangerOf({ workspace: { environment, kind }, ...facts })).toBe(level)
})
