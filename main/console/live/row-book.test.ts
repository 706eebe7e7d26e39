/** Contract: what a page gets has every row, and the probes of the last second and no older ones. */
import { expect, test } from 'vitest'
import type { LiveHold } from '../../../preload/contract/live-state.ts'
import { RowBook } from './row-book.ts'
import {
  backend,
  down,
  fleetOf,
  HOLDING,
  pool,
  probedBackend,
  row,
  tickOf
} from './testing/fleet-double.ts'

const FLEET = fleetOf([pool('api', [backend('a'), backend('b')])])

test('after the wall clock was set back, no probe of before is told again and again', () => {
  const book = new RowBook()
  book.begin(FLEET)
  const old = probedBackend('api', 'a')
  book.complete({ ...tickOf(FLEET), atMs: 7_200_000, probed: [old] }, 1)
  const after = book.complete({ ...tickOf(FLEET), atMs: 3_600_000, probed: [] }, 1)
  expect(after.probed).toEqual([])
  const fresh = probedBackend('api', 'b')
  book.complete({ ...tickOf(FLEET), atMs: 3_600_250, probed: [fresh] }, 1)
  expect(book.complete({ ...tickOf(FLEET), atMs: 3_600_500, probed: [] }, 1).probed).toEqual([
    fresh
  ])
  expect(book.allProbed()).toEqual([old, fresh])
})

test('who waits has an outlook, and is remembered for when somebody last did', () => {
  const book = new RowBook()
  const fleet = fleetOf([{ ...pool('api', [down('a')]), hold: HOLDING }])
  book.begin(fleet)
  const holdAt = (atMs: number, held: number): LiveHold | null => {
    const hold = { held, bytes: 0, oldestMs: held > 0 ? 5 : null, entered: 0, released: 0 }
    const pools = [{ row: row(), hold: { ...hold, lostTotal: 0 }, backends: [null] }]
    return book.complete(tickOf(fleet, { atMs, pools }), 1).pools[0]!.hold
  }
  expect(holdAt(1_000, 0)).toMatchObject({ outlook: { kind: 'empty' }, waitedAtMs: null })
  expect(holdAt(1_250, 2)).toMatchObject({ outlook: { kind: 'backend' }, waitedAtMs: 1_250 })
  expect(holdAt(1_500, 0)).toMatchObject({ outlook: { kind: 'empty' }, waitedAtMs: 1_250 })
})
