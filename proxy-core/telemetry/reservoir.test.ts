/** Contract: a sample never exceeds its capacity, and every candidate has the same chance. */
import { expect, test } from 'vitest'
import { SeededRandom } from '../../test/servers/seeded-random.ts'
import { Reservoir } from './reservoir.ts'

function reservoirOf(seed: number): Reservoir {
  const random = new SeededRandom(seed)
  return new Reservoir(() => random.next())
}

function sample(reservoir: Reservoir, capacity: number, candidates: number): number[] {
  reservoir.begin(capacity)
  const kept: number[] = []
  for (let candidate = 0; candidate < candidates; candidate++) {
    const place = reservoir.place()
    if (place >= 0) kept[place] = candidate
  }
  return kept
}

test('as long as there is room every candidate is kept, in order', () => {
  const reservoir = reservoirOf(1)
  expect(sample(reservoir, 5, 4)).toEqual([0, 1, 2, 3])
  expect(sample(reservoir, 5, 5)).toEqual([0, 1, 2, 3, 4])
})

test('no more than the capacity is kept, and nothing with no capacity at all', () => {
  const reservoir = reservoirOf(2)
  expect(sample(reservoir, 12, 2500)).toHaveLength(12)
  expect(sample(reservoir, 0, 2500)).toEqual([])
  expect(sample(reservoir, 1, 1)).toEqual([0])
})

test('the first candidates are kept as often as the last', () => {
  const reservoir = reservoirOf(3)
  const [rounds, candidates, capacity] = [4000, 100, 10]
  const quarters = [0, 0, 0, 0]
  for (let round = 0; round < rounds; round++) {
    for (const kept of sample(reservoir, capacity, candidates)) quarters[Math.floor(kept / 25)]!++
  }
  const expected = (rounds * capacity) / 4
  for (const count of quarters) expect(Math.abs(count - expected) / expected).toBeLessThan(0.05)
})
