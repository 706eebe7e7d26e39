/**
 * Contract: on the level that serves only the preferred region does, while it has anybody;
 * levels go first, and nobody is refused for a preference.
 */
import { expect, test } from 'vitest'
import { SmallPool } from './testing/small-pool.ts'

const EAST = { address: 'east', region: 'us-east' }
const EAST_2 = { address: 'east2', region: 'us-east' }
const WEST = { address: 'west', region: 'us-west' }
const NOWHERE = { address: 'nowhere' }
const PREFER = { preferRegion: 'us-east' }

test('others of the level wait while one backend of the region is eligible', () => {
  const small = new SmallPool(PREFER, WEST, EAST, NOWHERE, EAST_2)
  expect(small.picks(4)).toEqual(['east', 'east2', 'east', 'east2'])
  expect([small.backend('west').isPassedOver, small.backend('east').isPassedOver]).toEqual([
    true,
    false
  ])
  small.backend('east').setHealth('down', 'test', 0)
  expect(small.picks(2)).toEqual(['east2', 'east2'])
  small.backend('east2').setAdminState('drain', 'test')
  expect(small.picks(4).toSorted()).toEqual(['nowhere', 'nowhere', 'west', 'west'])
  expect(small.backend('west').isPassedOver).toBe(false)
  small.backend('east').setHealth('up', 'test', 0)
  expect(small.picks(2)).toEqual(['east', 'east'])
})

test('levels go first: a primary elsewhere before a backup of the region', () => {
  const small = new SmallPool(PREFER, WEST, { ...EAST, level: 1 }, { ...NOWHERE, level: 1 })
  expect(small.picks(2)).toEqual(['west', 'west'])
  small.backend('west').setHealth('down', 'test', 0)
  expect(small.picks(2)).toEqual(['east', 'east'])
})

test('a request that has tried the region goes on to the rest of the level, then to the next', () => {
  const small = new SmallPool(PREFER, EAST, WEST, { address: 'backup', level: 1 })
  const exchange = small.ask()
  small.pool.exchangeMoved(exchange)
  small.pool.exchangeMoved(exchange)
  small.pool.exchangeMoved(exchange)
  expect(small.sent).toEqual(['east', 'west', 'backup'])
  expect(small.refusals).toEqual(['503 no_backend'])
})

test('a full region is waited for, as a full level is', () => {
  const small = new SmallPool({ ...PREFER, maxConnections: 1 }, EAST, EAST_2, WEST)
  const asked = [small.ask(), small.ask(), small.ask()]
  expect(asked.map(({ isQueued }) => isQueued)).toEqual([false, false, true])
  small.end(asked[1]!)
  expect(asked[2]!.backend).toBe('east2')
})

test('a reload can bring, change and take the preference', () => {
  const small = new SmallPool({}, EAST, WEST)
  expect(new Set(small.picks(4)).size).toBe(2)
  small.configure({ preferRegion: 'us-west' }, EAST, WEST)
  expect(new Set(small.picks(4))).toEqual(new Set(['west']))
  small.configure({}, EAST, WEST)
  expect(new Set(small.picks(4)).size).toBe(2)
  expect(small.backend('east').isPassedOver).toBe(false)
})

test('a region that nobody is in changes nothing', () => {
  const small = new SmallPool({ preferRegion: 'eu' }, EAST, WEST)
  expect(new Set(small.picks(4)).size).toBe(2)
})
