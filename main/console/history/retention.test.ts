/** Contract: every book is bounded by age or rows; nothing younger or open is removed. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { HistoryStore } from './history-store.ts'
import { AUDIT_AGE_MS, EVENT_AGE_MS, MINUTE_AGE_MS, Retention } from './retention.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'

const count = z.object({ n: z.number() })
const HOUR_MS = 3_600_000

const EVENT = `INSERT INTO event (at_ms, kind, severity, actor, text) VALUES (?, 'config', 'info', 'engine', '')`
const INCIDENT = `INSERT INTO incident (title, opened_at_ms, closed_at_ms, severity, pools, event_count, notes)
  VALUES ('', ?, ?, 'info', '[]', 1, '')`
const AUDIT = `INSERT INTO audit (at_ms, actor, action, reason, outcome) VALUES (?, '', '', '', '')`
const VERSION = `INSERT INTO config_version (file, at_ms, actor, reason, summary, hash, text) VALUES ('', ?, '', '', '', '', '')`
const MINUTE = `INSERT INTO minute VALUES (?, 'total', 60000, 0, 0, 0, 0, 0, 0, 0, 0, '[]')`
/** As many rows at one time as asked for. */
const MANY = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
  INSERT INTO event (at_ms, kind, severity, actor, text) SELECT ?, 'config', 'info', 'engine', '' FROM n`

function rows(store: HistoryStore, table: string): number {
  return store.readNow(count, `SELECT count(*) AS n FROM ${table}`)[0]!.n
}

function written(): { fixture: HistoryFixture; store: HistoryStore; nowMs: number } {
  const fixture = new HistoryFixture()
  return { fixture, store: fixture.store(), nowMs: fixture.clock.wallNow() }
}

test.each([
  ['event', EVENT, EVENT_AGE_MS],
  ['audit', AUDIT, AUDIT_AGE_MS],
  ['minute', MINUTE, MINUTE_AGE_MS]
])('rows of %s go when they are too old, and not before', (table, insert, ageMs) => {
  const { fixture, store, nowMs } = written()
  store.write(insert, [nowMs - ageMs - HOUR_MS])
  store.write(insert, [nowMs - ageMs + HOUR_MS / 2])
  store.write(insert, [nowMs])
  const retention = new Retention(store, fixture.clock)
  fixture.clock.advance(1000)
  expect(rows(store, table)).toBe(2)
  fixture.clock.advance(HOUR_MS + 1000)
  expect(rows(store, table)).toBe(1)
  retention.stop()
})

test('an incident that is open stays, however old', () => {
  const { fixture, store, nowMs } = written()
  const oldMs = nowMs - EVENT_AGE_MS - HOUR_MS
  store.write(INCIDENT, [oldMs, null])
  store.write(INCIDENT, [oldMs, oldMs + 1000])
  const retention = new Retention(store, fixture.clock)
  fixture.clock.advance(1000)
  expect(rows(store, 'incident')).toBe(1)
  retention.stop()
})

test('the newest 200 configurations are kept', () => {
  const { fixture, store, nowMs } = written()
  for (let version = 0; version < 205; version++) store.write(VERSION, [nowMs])
  const retention = new Retention(store, fixture.clock)
  fixture.clock.advance(1000)
  expect(rows(store, 'config_version')).toBe(200)
  const oldest = store.readNow(count, 'SELECT min(id) AS n FROM config_version')
  expect(oldest).toEqual([{ n: 6 }])
  retention.stop()
})

test('many old rows go in steps, so that no statement takes long', () => {
  const { fixture, store, nowMs } = written()
  store.write(MANY, [5000, nowMs - EVENT_AGE_MS - HOUR_MS])
  const retention = new Retention(store, fixture.clock)
  fixture.clock.advance(300)
  expect(rows(store, 'event')).toBe(3000)
  fixture.clock.advance(5000)
  expect(rows(store, 'event')).toBe(0)
  retention.stop()
})

test('of young events the newest 100 000 are kept, and numbers are not given twice', () => {
  const { fixture, store, nowMs } = written()
  store.write(MANY, [100_500, nowMs])
  const retention = new Retention(store, fixture.clock)
  fixture.clock.advance(1000)
  expect(rows(store, 'event')).toBe(100_000)
  expect(store.lastNumberOf('event')).toBe(100_500)
  retention.stop()
})

test('a clock that is set back removes nothing', () => {
  const { fixture, store, nowMs } = written()
  store.write(EVENT, [nowMs])
  const retention = new Retention(store, fixture.clock)
  fixture.clock.jump(-10 * EVENT_AGE_MS)
  fixture.clock.advance(2 * HOUR_MS)
  expect(rows(store, 'event')).toBe(1)
  retention.stop()
})

test('no timer is left after the end', () => {
  const { fixture, store } = written()
  const retention = new Retention(store, fixture.clock)
  fixture.clock.advance(1000)
  retention.stop()
  expect(fixture.clock.pendingCount).toBe(0)
})
