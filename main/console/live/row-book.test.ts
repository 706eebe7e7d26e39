/** Contract: what a page gets has every row, and the probes of the last second and no older ones. */
import { expect, test } from 'vitest'
import { RowBook } from './row-book.ts'
import { backend, fleetOf, pool, probedBackend, tickOf } from './testing/fleet-double.ts'

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
