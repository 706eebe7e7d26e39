/** Contract: what a search reads is in proportion to what is delivered, however much there is. */
import { expect, test } from 'vitest'
import { routeHashOf } from '../store/entry-hash.ts'
import { LaneBook } from './lane-book.ts'
import { LaneSearch } from './lane-search.ts'
import { MemoryStore } from './testing/memory-store.ts'

const ENTRIES = 20_000

/** Delivers everything, the oldest ready one first; returns how many entries were looked at. */
async function lookedFor(keyOf: (place: number) => string): Promise<number> {
  const store = new MemoryStore()
  for (let place = 0; place < ENTRIES; place++) {
    store.add({
      ...{ route: 'orders', key: keyOf(place), method: 'POST', target: '/', head: '' },
      ...{ idempotencyKey: '', receivedAtMs: 0, expiresAtMs: Infinity, body: Buffer.alloc(0) }
    })
  }
  const lanes = new LaneBook()
  const search = new LaneSearch(store, routeHashOf('orders'), lanes)
  for (let left = ENTRIES; left > 0;) {
    while (search.isWorthwhile(lanes.firstReady === undefined)) await search.step()
    const lane = lanes.begin()!
    store.settle(lane.first!.seq, { kind: 'delivered', status: 200 })
    lanes.finish(lane)
    left--
  }
  return store.looked
}

test.each([
  ['without keys', () => '', 2],
  ['of few keys', (place: number) => `k${place % 3}`, 12],
  ['of as many keys as are at hand', (place: number) => `k${place % 1000}`, 3],
  ['of more keys than are at hand', (place: number) => `k${place % 5000}`, 3],
  ['of one key', () => 'hot', 6]
])('entries %s', async (_what, keyOf, most) => {
  expect(await lookedFor(keyOf)).toBeLessThan(most * ENTRIES)
})
