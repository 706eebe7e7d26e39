/** Contract: the schedule is nginx's sequence, peer by peer, for any weights. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WeightedSchedule } from './weighted-schedule.ts'

/** nginx's algorithm as ngx_http_upstream_get_peer runs it when no peer ever failed. */
function scanAsNginx(weights: readonly number[], turns: number): number[] {
  const current = weights.map(() => 0)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Array.from({ length: turns }, () => {
    let best = -1
    for (const [peer, weight] of weights.entries()) {
      current[peer] = (current[peer] ?? 0) + weight
      if (best === -1 || (current[peer] ?? 0) > (current[best] ?? 0)) best = peer
    }
    current[best] = (current[best] ?? 0) - total
    return best
  })
}

function turnsOf(weights: readonly number[], turns: number): number[] {
  const schedule = new WeightedSchedule(weights)
  return Array.from({ length: turns }, () => schedule.next())
}

test.each([
  [[5, 1, 1], 'aabacaa'],
  [[1, 1, 1], 'abc'],
  [[100, 100], 'ab'],
  [[4, 2], 'aba'],
  [[1, 2, 3], 'cbacbc'],
  [[7], 'a']
])('the weights %j give %s and begin again', (weights, letters) => {
  const schedule = new WeightedSchedule(weights)
  const twice = Array.from({ length: letters.length * 2 }, () => 'abc'.charAt(schedule.next()))
  expect(twice.join('')).toBe(letters + letters)
  expect(schedule.period).toBe(letters.length)
})

test('random weights give the same sequence as a scan over all peers, over several periods', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 256 }), {
    minLength: 1,
    maxLength: 40,
    size: 'max'
  })
  const few = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.oneof(weights, few), (list) => {
      const total = list.reduce((sum, weight) => sum + weight, 0)
      const turns = Math.min(3 * total, 6000)
      expect(turnsOf(list, turns)).toEqual(scanAsNginx(list, turns))
    }),
    { numRuns: 60 }
  )
})

test('each peer has exactly its weight of turns in a period', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      (list, factor) => {
        const scaled = list.map((weight) => weight * factor)
        const { period } = new WeightedSchedule(scaled)
        const turns = turnsOf(scaled, period)
        const counts = scaled.map((_, peer) => turns.filter((turn) => turn === peer).length)
        const total = scaled.reduce((sum, weight) => sum + weight, 0)
        expect(counts).toEqual(scaled.map((weight) => (weight * period) / total))
      }
    )
  )
})
