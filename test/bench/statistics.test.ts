/** Contract: the figures in the results table are medians, with the spread of their rounds. */
import { describe, expect, it } from 'vitest'
import { median, orderOfRound, spread } from './statistics.ts'

describe('statistics', () => {
  it('takes the middle of an odd number of rounds, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5)
  })

  it('takes the mean of the two middle ones of an even number of rounds', () => {
    expect(median([1, 100, 3, 5])).toBe(4)
  })

  it('has no median of nothing', () => {
    expect(median([])).toBeNaN()
  })

  it('gives the spread as a share of the median', () => {
    expect(spread([90, 100, 110])).toBeCloseTo(0.1)
  })

  it('reverses the order in every other round', () => {
    expect([0, 1, 2].map((round) => orderOfRound(['a', 'b'], round).join(''))).toEqual([
      'ab',
      'ba',
      'ab'
    ])
  })
})
