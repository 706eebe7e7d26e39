/** Contract: what happens is on the board and on the disk; an incident ends by itself. */
import { expect, test } from 'vitest'
import type { IncidentBoard } from '../../../preload/contract/incident.ts'
import { NO_CHANGE } from './capacity.ts'
import type { EventBody } from './event-body.ts'
import { IncidentBook } from './incident-book.ts'
import { QUIET_MS } from './incident-machine.ts'
import { IncidentTracker } from './incident-tracker.ts'
import { downBody, plainBody, upBody } from './testing/event-bodies.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'

let seq = 0

function take(tracker: IncidentTracker, fixture: HistoryFixture, body: EventBody): number | null {
  const { kind, severity, actor, text, pool = null, backend = null, code = null } = body
  const facts = { kind, severity, actor, text, pool, backend, code }
  const event = { seq: ++seq, atMs: fixture.clock.wallNow(), ...facts }
  return tracker.take(event, body.capacity ?? NO_CHANGE)
}

function begun(): { fixture: HistoryFixture; tracker: IncidentTracker; boards: IncidentBoard[] } {
  const fixture = new HistoryFixture()
  const tracker = new IncidentTracker(new IncidentBook(fixture.store()), fixture.clock)
  const boards: IncidentBoard[] = []
  tracker.topic.open({}, (board) => boards.push(board))
  return { fixture, tracker, boards }
}

test('a subscriber gets the board at once and at every change', () => {
  const { fixture, tracker, boards } = begun()
  take(tracker, fixture, plainBody())
  expect(boards).toEqual([{ open: [], recent: [] }])
  take(tracker, fixture, downBody())
  expect(boards.at(-1)!.open[0]).toMatchObject({ id: 1, title: 'api: a:1 down', eventCount: 1 })
})

test('it closes by its own timer, as of the time when all was back', () => {
  const { fixture, tracker, boards } = begun()
  take(tracker, fixture, downBody())
  fixture.clock.advance(30_000)
  const backMs = fixture.clock.wallNow()
  take(tracker, fixture, upBody())
  fixture.clock.advance(QUIET_MS - 1)
  expect(boards.at(-1)!.open).toHaveLength(1)
  fixture.clock.advance(1)
  expect(boards.at(-1)).toMatchObject({ open: [], recent: [{ id: 1, closedAtMs: backMs }] })
})

test('a wall clock that is set while it lasts changes no quiet time', () => {
  const { fixture, tracker } = begun()
  take(tracker, fixture, downBody())
  take(tracker, fixture, upBody())
  fixture.clock.jump(-3_600_000)
  fixture.clock.advance(QUIET_MS - 1)
  expect(tracker.board.open).toHaveLength(1)
  fixture.clock.advance(1)
  const [closed] = tracker.board.recent
  expect(closed!.closedAtMs).toBe(closed!.openedAtMs)
})

test('on a machine that slept through the quiet time the next loss is another incident', () => {
  const { fixture, tracker } = begun()
  take(tracker, fixture, downBody())
  take(tracker, fixture, upBody())
  fixture.clock.sleep(10 * QUIET_MS)
  expect(take(tracker, fixture, downBody())).toBe(2)
})

test('the next loss after an end is another incident, with the next number', () => {
  const { fixture, tracker } = begun()
  take(tracker, fixture, downBody())
  take(tracker, fixture, upBody())
  fixture.clock.advance(QUIET_MS)
  expect(take(tracker, fixture, plainBody())).toBeNull()
  expect(take(tracker, fixture, downBody())).toBe(2)
  expect(tracker.board.recent.map(({ id }) => id)).toEqual([1])
})

test('notes are kept on open, closed and old incidents', async () => {
  const { fixture, tracker } = begun()
  take(tracker, fixture, downBody())
  await fixture.clock.settle(tracker.annotate(1, 'while it lasts'))
  expect(tracker.board.open[0]!.notes).toBe('while it lasts')
  take(tracker, fixture, upBody())
  fixture.clock.advance(QUIET_MS)
  await fixture.clock.settle(tracker.annotate(1, 'afterwards'))
  expect(tracker.board.recent[0]!.notes).toBe('afterwards')
  for (let n = 0; n < 50; n++) {
    take(tracker, fixture, downBody())
    take(tracker, fixture, upBody())
    fixture.clock.advance(QUIET_MS)
  }
  expect(tracker.board.recent).toHaveLength(50)
  expect(tracker.board.recent.at(-1)!.id).toBe(2)
  await fixture.clock.settle(tracker.annotate(1, 'much later'))
  expect(await fixture.clock.settle(tracker.read(1))).toMatchObject({ notes: 'much later' })
})

test('an incident that there never was has a code', async () => {
  const { fixture, tracker } = begun()
  const reading = tracker.read(99).catch((error: unknown) => error)
  expect(await fixture.clock.settle(reading)).toMatchObject({ code: 'INCIDENT_UNKNOWN' })
})

test('what a console left open is closed by the next, at the time it was last alive', () => {
  const { fixture, tracker } = begun()
  take(tracker, fixture, downBody())
  fixture.clock.advance(60_000)
  tracker.stop()
  fixture.closeStores()
  const book = new IncidentBook(fixture.store())
  const next = new IncidentTracker(book, fixture.clock)
  expect(next.board.open).toEqual([])
  const [closed] = next.closeLeftOpen(fixture.clock.wallNow() - 30_000)
  expect(closed).toMatchObject({ id: 1, closedAtMs: fixture.clock.wallNow() - 30_000 })
  expect(next.board.recent).toHaveLength(1)
  fixture.clock.advance(1000)
  expect(book.leftOpen()).toEqual([])
  expect(take(next, fixture, downBody())).toBe(2)
})

test('what was only in its quiet time when the console ended has its true end', () => {
  const { fixture, tracker } = begun()
  take(tracker, fixture, downBody())
  fixture.clock.advance(10_000)
  const backAtMs = fixture.clock.wallNow()
  take(tracker, fixture, upBody())
  fixture.clock.advance(30_000)
  tracker.stop()
  fixture.closeStores()
  const next = new IncidentTracker(new IncidentBook(fixture.store()), fixture.clock)
  expect(next.closeLeftOpen(fixture.clock.wallNow())).toEqual([])
  expect(next.board.recent).toMatchObject([{ id: 1, closedAtMs: backAtMs }])
})

test('a stopped tracker leaves no timer', () => {
  const { fixture, tracker } = begun()
  take(tracker, fixture, downBody())
  take(tracker, fixture, upBody())
  fixture.clock.advance(1000)
  tracker.stop()
  expect(fixture.clock.pendingCount).toBe(0)
})
