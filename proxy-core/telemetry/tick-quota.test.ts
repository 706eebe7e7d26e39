/** Contract: no second keeps more than the limit, whatever the load does. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TickQuota } from './tick-quota.ts'

/** What each tick keeps of what it is offered. */
function kept(limit: number, offers: readonly number[]): number[] {
  const quota = new TickQuota(limit)
  return offers.map((offered) => {
    const { room } = quota
    const taken = Math.min(offered, room)
    quota.close(taken, taken >= room)
    return taken
  })
}

test('four ticks in a row never keep more than the limit', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 }), (offers) => {
      const taken = kept(50, offers)
      for (let from = 0; from < taken.length; from++) {
        const second = taken.slice(from, from + 4).reduce((sum, one) => sum + one, 0)
        expect(second).toBeLessThanOrEqual(50)
      }
    })
  )
})

test('a burst after quiet is kept almost whole, steady load gets even shares', () => {
  expect(kept(50, [0, 0, 0, 30])).toEqual([0, 0, 0, 30])
  const steady = kept(50, new Array<number>(40).fill(2500)).slice(8)
  for (const share of steady) expect(Math.abs(share - 12.5)).toBeLessThan(3)
})
