/**
 * Contract: after any sequence of results the state is the one that HAProxy's counter
 * gives, and while nothing is known the initial rule decides.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterResult,
  healthFraction,
  healthProgress,
  unknownState,
  type InitialRule,
  type RiseFallState,
  type RiseFallThresholds
} from './rise-fall.ts'

const RISE_2_FALL_3: RiseFallThresholds = { rise: 2, fall: 3 }

/** "p" passes, "f" fails; the words after each result. */
function words(
  results: string,
  rule: InitialRule = 'first_result_decides',
  thresholds: RiseFallThresholds = RISE_2_FALL_3
): string[] {
  let state = unknownState(rule)
  return [...results].map((result) => {
    state = afterResult(state, result === 'p', thresholds).state
    return healthFraction(state, thresholds)
  })
}

/** management.txt: 0 to rise + fall − 1, down below rise; every change of side goes to its end. */
class HaproxyCounter {
  readonly #rise: number
  readonly #top: number
  value: number

  constructor({ rise, fall }: RiseFallThresholds, isUp: boolean) {
    this.#rise = rise
    this.#top = rise + fall - 1
    this.value = isUp ? this.#top : 0
  }

  get isUp(): boolean {
    return this.value >= this.#rise
  }

  add(hasPassed: boolean): void {
    if (hasPassed) {
      this.value += 1
      if (this.isUp) this.value = this.#top
    } else {
      this.value -= 1
      if (!this.isUp) this.value = 0
    }
  }
}

describe('once known', () => {
  test('a backend goes down at the third failure in a row and up at the second pass', () => {
    expect(words('pffpfffpfpp')).toEqual([
      'UP',
      'UP 2/3',
      'UP 1/3',
      'UP',
      'UP 2/3',
      'UP 1/3',
      'DOWN',
      'DOWN 1/2',
      'DOWN',
      'DOWN 1/2',
      'UP'
    ])
  })

  test('thresholds of one change the state with every change of result', () => {
    expect(words('pfpf', 'needs_pass', { rise: 1, fall: 1 })).toEqual(['UP', 'DOWN', 'UP', 'DOWN'])
  })

  test('any sequence of results gives what the counter of HAProxy gives', () => {
    const threshold = fc.integer({ min: 1, max: 6 })
    fc.assert(
      fc.property(threshold, threshold, fc.array(fc.boolean()), (rise, fall, results) => {
        const thresholds = { rise, fall }
        const [first = true, ...rest] = results
        let state = afterResult(unknownState('first_result_decides'), first, thresholds).state
        const counter = new HaproxyCounter(thresholds, first)
        for (const hasPassed of rest) {
          const before = state
          const step = afterResult(state, hasPassed, thresholds)
          state = step.state
          counter.add(hasPassed)
          expect(state.health).toBe(counter.isUp ? 'up' : 'down')
          expect(counterValue(state, thresholds)).toBe(counter.value)
          const needed = state.health === 'up' ? rise : fall
          expect(step.evidenceCount).toBe(state.health === before.health ? 0 : needed)
        }
      })
    )
  })
})

function counterValue(state: RiseFallState, { rise, fall }: RiseFallThresholds): number {
  if (state.health === 'down') return state.passes
  if (state.health === 'up') return rise + fall - 1 - state.failures
  throw new Error('Unknown has no counter.')
}

describe('while unknown', () => {
  test('the first result decides in the start phase', () => {
    expect(words('p')).toEqual(['UP'])
    expect(words('fpp')).toEqual(['DOWN', 'DOWN 1/2', 'UP'])
  })

  test('one pass is enough where a pass is needed, also after failures', () => {
    expect(words('p', 'needs_pass')).toEqual(['UP'])
    expect(words('ffp', 'needs_pass')).toEqual(['UNKNOWN 2/3', 'UNKNOWN 1/3', 'UP'])
  })

  test('fall failures take it down where a pass is needed, and then rise passes are needed', () => {
    expect(words('fffpp', 'needs_pass')).toEqual([
      'UNKNOWN 2/3',
      'UNKNOWN 1/3',
      'DOWN',
      'DOWN 1/2',
      'UP'
    ])
  })

  test('the evidence is every failure that decided, or the one pass', () => {
    const step = (failures: number, hasPassed: boolean): number =>
      afterResult({ health: 'unknown', rule: 'needs_pass', failures }, hasPassed, RISE_2_FALL_3)
        .evidenceCount
    expect([step(0, false), step(1, false), step(2, false), step(2, true)]).toEqual([0, 0, 3, 1])
  })
})

test('a lowered threshold decides at the next result and never shows 0', () => {
  const state: RiseFallState = { health: 'up', failures: 4 }
  const lowered = { rise: 2, fall: 2 }
  expect(healthFraction(state, lowered)).toBe('UP 1/2')
  expect(afterResult(state, false, lowered).state.health).toBe('down')
})

describe('progress', () => {
  const after = (results: string, rule: InitialRule = 'first_result_decides'): unknown =>
    healthProgress(
      [...results].reduce<RiseFallState>(
        (state, result) => afterResult(state, result === 'p', RISE_2_FALL_3).state,
        unknownState(rule)
      ),
      RISE_2_FALL_3
    )

  test.each([
    ['p', { direction: 'steady', done: 0, needed: 3 }],
    ['pff', { direction: 'failing', done: 2, needed: 3 }],
    ['pffp', { direction: 'steady', done: 0, needed: 3 }],
    ['pfff', { direction: 'steady', done: 0, needed: 2 }],
    ['pfffp', { direction: 'passing', done: 1, needed: 2 }],
    ['pfffpf', { direction: 'steady', done: 0, needed: 2 }]
  ])('after %s counts towards the next change', (results, progress) => {
    expect(after(results)).toEqual(progress)
  })

  test('of a backend that was never up counts its failures', () => {
    expect(after('ff', 'needs_pass')).toEqual({ direction: 'failing', done: 2, needed: 3 })
  })
})
