/** Contract: what a stop ends is told before and after in one sentence. */
import { expect, test } from 'vitest'
import type { LiveNumbers } from '../../preload/contract/live-state.ts'
import { NO_ENGINE } from './engine/no-engine.ts'
import { fleetOf, row, tickOf } from './live/testing/fleet-double.ts'
import { stopLabel, stoppedSentence } from './stop-sentence.ts'

const RUNNING = { ...NO_ENGINE, phase: 'running', pid: 1 } as const

function numbersAt(rps: number): LiveNumbers {
  const { pools: _, ...tick } = tickOf(fleetOf([]), { total: row({ rps }) })
  return { ...tick, pools: [] }
}

test.each([
  [0, '0'],
  [0.42, '0.4'],
  [84.31, '84.3'],
  [999.6, '1k'],
  [1_236, '1.24k'],
  [45_678, '45.7k']
])('at %d requests a second the label says %s', (rps, words) => {
  expect(stopLabel(RUNNING, numbersAt(rps))).toBe(`Quit and stop the proxy (${words} req/s)`)
})

test('without numbers it still says that the proxy stops', () => {
  expect(stopLabel({ ...RUNNING, phase: 'restarting' }, null)).toBe('Quit and stop the proxy')
})

test('where no engine runs nothing but the console ends', () => {
  expect(stopLabel(NO_ENGINE, null)).toBe('Quit')
  expect(stoppedSentence(null)).toBe('The console is stopped; no engine ran.')
})

test('the end tells what was finished, cut, or not counted', () => {
  expect(stoppedSentence({ finished: 1, cut: 0, lost: null })).toBe(
    'The console and its engine are stopped: 1 request finished, 0 cut.'
  )
  expect(stoppedSentence({ finished: 0, cut: 0, lost: 'It was killed.' })).toBe(
    'The console is stopped. It was killed. What still ran was cut and is not counted.'
  )
})
