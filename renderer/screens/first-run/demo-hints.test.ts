/** The three hints of the demo follow what its backends do, not what was clicked. */
import { expect, test } from 'vitest'
import type { DemoState } from '../../../preload/contract/workspace-state.ts'
import { demoHints } from './demo-hints.ts'

function demo(...running: readonly boolean[]): DemoState {
  return {
    backends: running.map((isRunning, at) => ({
      name: `demo-${at + 1}`,
      address: `127.0.0.1:${9001 + at}`,
      isRunning
    })),
    listenerUrl: 'http://127.0.0.1:8080',
    rateRps: 50
  }
}

const states = (hints: ReturnType<typeof demoHints>): string[] => hints.map(({ state }) => state)

test('first the second backend is to be killed', () => {
  const hints = demoHints(demo(true, true, true), false)
  expect(states(hints)).toEqual(['now', 'later', 'later'])
  expect(hints[0]).toMatchObject({
    text: 'Kill demo-2',
    sets: { backend: 'demo-2', isRunning: false }
  })
})

test('while one is down, the traffic is to be watched and that one to be started', () => {
  const hints = demoHints(demo(true, true, false), true)
  expect(states(hints)).toEqual(['done', 'now', 'now'])
  expect(hints[2]).toMatchObject({
    text: 'Start demo-3 again',
    sets: { backend: 'demo-3', isRunning: true }
  })
})

test('once it is healed everything is done, and it may be killed again', () => {
  expect(states(demoHints(demo(true, true, true), true))).toEqual(['now', 'done', 'done'])
})

test('a demo without backends has no hints', () => {
  expect(demoHints(demo(), false)).toEqual([])
})
