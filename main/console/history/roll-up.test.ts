/** Contract: one row a minute and scope, of what was really watched. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { RollUp } from './roll-up.ts'
import { fleetOf, tickOf } from './testing/fleet-of.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'

const rowSchema = z.object({
  at_ms: z.number(),
  scope: z.string(),
  covered_ms: z.number(),
  requests: z.number(),
  server5xx: z.number(),
  in_flight_max: z.number(),
  queued_max: z.number()
})

const MINUTE_MS = 60_000
const fleet = fleetOf([
  { name: 'api', backends: [] },
  { name: 'web', backends: [] }
])

function begun(): { rollUp: RollUp; rows: () => readonly z.infer<typeof rowSchema>[] } {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  const rows = (): readonly z.infer<typeof rowSchema>[] => {
    fixture.clock.advance(300)
    return store.readNow(rowSchema, 'SELECT * FROM minute ORDER BY at_ms, scope')
  }
  return { rollUp: new RollUp(store), rows }
}

/** Ticks every 250 ms in [fromMs, toMs). */
function feed(rollUp: RollUp, fromMs: number, toMs: number, rps: number): void {
  for (let atMs = fromMs; atMs < toMs; atMs += 250) {
    const rates = { rps, server5xx: rps / 10, inFlight: atMs % 1000, queued: 2 }
    rollUp.take(tickOf(atMs, rates, [rates, { rps: 0 }]), fleet)
  }
}

test('a minute becomes one row for all and one for each pool when it is over', () => {
  const { rollUp, rows } = begun()
  feed(rollUp, 0, MINUTE_MS, 100)
  expect(rows()).toEqual([])
  feed(rollUp, MINUTE_MS, MINUTE_MS + 250, 100)
  const found = rows()
  expect(found.map(({ scope }) => scope)).toEqual(['pool:api', 'pool:web', 'total'])
  expect(found[2]).toMatchObject({
    at_ms: 0,
    covered_ms: 59_750,
    in_flight_max: 750,
    queued_max: 2
  })
  expect(found[2]!.requests).toBeCloseTo(5975)
  expect(found[2]!.server5xx).toBeCloseTo(597.5)
  expect(found[1]).toMatchObject({ scope: 'pool:web', requests: 0, covered_ms: 59_750 })
})

test('a silence is not counted as watched', () => {
  const { rollUp, rows } = begun()
  feed(rollUp, 0, 10_000, 100)
  feed(rollUp, 40_000, 50_000, 100)
  rollUp.flush()
  expect(rows().at(-1)).toMatchObject({ covered_ms: 19_500 })
})

test('ticks in the order of another fleet count for the total only', () => {
  const { rollUp, rows } = begun()
  rollUp.take(tickOf(0, { rps: 1 }, [{ rps: 1 }]), fleet)
  rollUp.take({ ...tickOf(250, { rps: 1 }, [{ rps: 1 }]), revision: 2 }, fleet)
  rollUp.take(tickOf(500, { rps: 1 }), null)
  rollUp.flush()
  expect(rows().map(({ scope, covered_ms }) => [scope, covered_ms])).toEqual([['total', 500]])
})

test('a clock that is set back makes another row of an earlier minute, and loses none', () => {
  const { rollUp, rows } = begun()
  feed(rollUp, 5 * MINUTE_MS, 5 * MINUTE_MS + 10_000, 10)
  feed(rollUp, 3 * MINUTE_MS, 3 * MINUTE_MS + 10_000, 10)
  feed(rollUp, 5 * MINUTE_MS + 10_000, 5 * MINUTE_MS + 20_000, 10)
  rollUp.flush()
  const minutes = rows().filter(({ scope }) => scope === 'total')
  expect(minutes.map(({ at_ms }) => at_ms / MINUTE_MS)).toEqual([3, 5, 5])
})
