/** Contract: every action is there, newest first, and its number is not given twice. */
import { expect, test } from 'vitest'
import { AuditLog } from './audit-log.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'

const actor = 'operator (browser)'

test('what was done is kept with who, why and how it ended', async () => {
  const fixture = new HistoryFixture()
  const audit = new AuditLog(fixture.store(), fixture.clock)
  const body = { actor, action: 'Drain a:1 in api', reason: 'disk', outcome: 'done' }
  expect(audit.record(body)).toBe(1)
  const atMs = fixture.clock.wallNow()
  expect(audit.record({ ...body, outcome: 'Pool unknown.' })).toBe(2)
  const newest = await fixture.clock.settle(audit.newest(10))
  expect(newest).toEqual([
    { id: 2, atMs, ...body, outcome: 'Pool unknown.' },
    { id: 1, atMs, ...body }
  ])
  fixture.closeStores()
  expect(new AuditLog(fixture.store(), fixture.clock).record(body)).toBe(3)
})

test('a time is read oldest first', async () => {
  const fixture = new HistoryFixture()
  const audit = new AuditLog(fixture.store(), fixture.clock)
  const beganMs = fixture.clock.wallNow()
  for (const action of ['one', 'two', 'three']) {
    audit.record({ actor, action, reason: '', outcome: 'done' })
    fixture.clock.advance(1000)
  }
  const between = audit.between(beganMs, beganMs + 1000, 10)
  const read = await fixture.clock.settle(between)
  expect(read.map(({ action }) => action)).toEqual(['one', 'two'])
})
