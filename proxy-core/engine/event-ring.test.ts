/** Contract: events are numbered without gaps, handed on once, and the newest thousand are kept. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { EngineEvent, EngineEventBody } from '../model/engine-event.ts'
import { EventRing } from './event-ring.ts'

const fault = (reason: string): EngineEventBody => ({ kind: 'fault', code: 'INTERNAL', reason })

test('numbers, dates and hands on each event', () => {
  const clock = new ManualClock()
  const handed: EngineEvent[] = []
  const ring = new EventRing(clock, (event) => handed.push(event))
  ring.emit(fault('one'))
  clock.advance(10)
  ring.emit(fault('two'))
  expect(handed.map(({ seq }) => seq)).toEqual([1, 2])
  expect(handed[1]!.atMs - handed[0]!.atMs).toBe(10)
  expect(ring.since(0)).toEqual(handed)
  expect(ring.since(1)).toEqual([handed[1]])
  expect(ring.since(2)).toEqual([])
})

test('keeps the newest thousand, in order, however many there are', () => {
  const ring = new EventRing(new ManualClock(), () => undefined)
  for (let n = 1; n <= 12_345; n++) {
    ring.emit(fault(String(n)))
    if (n % 1000 === 500) expect(ring.since(0).length).toBe(Math.min(n, 1000))
  }
  const kept = ring.since(0).map(({ seq }) => seq)
  expect(kept).toEqual(Array.from({ length: 1000 }, (_, index) => 11_346 + index))
  expect(ring.since(12_340).map(({ seq }) => seq)).toEqual([12_341, 12_342, 12_343, 12_344, 12_345])
})
