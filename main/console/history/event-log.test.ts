/** Contract: numbers survive restarts; a subscriber misses nothing without being told. */
import { expect, test } from 'vitest'
import type { TopicPayload } from '../../../preload/contract/topics.ts'
import { EventLog } from './event-log.ts'
import { IncidentBook } from './incident-book.ts'
import { IncidentTracker } from './incident-tracker.ts'
import { downBody, plainBody } from './testing/event-bodies.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'

type Payload = TopicPayload<'events'>

function logIn(fixture: HistoryFixture): EventLog {
  const store = fixture.store()
  const incidents = new IncidentTracker(new IncidentBook(store), fixture.clock)
  return new EventLog(store, incidents, fixture.clock)
}

function subscribed(log: EventLog, since: number): { payloads: Payload[]; end: () => void } {
  const payloads: Payload[] = []
  const end = log.topic.open({ since }, (payload) => payloads.push(payload))
  return { payloads, end }
}

function seqsOf(payloads: readonly Payload[]): number[] {
  return payloads.flatMap(({ events }) => events.map(({ seq }) => seq))
}

test('an event has its number, its time and what was left out as null', () => {
  const fixture = new HistoryFixture()
  const event = logIn(fixture).append(plainBody('It is so.'))
  expect(event).toEqual({
    ...{ seq: 1, atMs: fixture.clock.wallNow(), kind: 'config', severity: 'info' },
    ...{ actor: 'engine', text: 'It is so.', pool: null, backend: null, code: null },
    ...{ incidentId: null, offer: null }
  })
})

test('numbers and events go on after a restart', async () => {
  const fixture = new HistoryFixture()
  const first = logIn(fixture)
  first.append(plainBody('one'))
  first.append(plainBody('two'))
  fixture.closeStores()
  const second = logIn(fixture)
  expect(seqsOf(subscribed(second, 0).payloads)).toEqual([1, 2])
  expect(second.append(plainBody('three')).seq).toBe(3)
  const read = await fixture.clock.settle(second.read(0, Infinity, 10))
  expect(read.map(({ seq, text }) => [seq, text])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [3, 'three']
  ])
})

test('what an event offers is kept, and forgotten where it is not understood', async () => {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  const incidents = new IncidentTracker(new IncidentBook(store), fixture.clock)
  const first = new EventLog(store, incidents, fixture.clock)
  const offer = { kind: 'restore_config', versionId: 7 } as const
  expect(first.append({ ...plainBody('one'), offer }).offer).toEqual(offer)
  for (const text of ['two', 'three']) first.append({ ...plainBody(text), offer })
  store.write(`UPDATE event SET offer = '{"kind":"unheard_of"}' WHERE seq = 2`, [])
  store.write(`UPDATE event SET offer = 'no JSON' WHERE seq = 3`, [])
  const read = await fixture.clock.settle(first.read(0, Infinity, 10))
  expect(read.map((event) => event.offer)).toEqual([offer, null, null])
})

test('numbers are not given twice when the rows are gone', () => {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  const incidents = new IncidentTracker(new IncidentBook(store), fixture.clock)
  new EventLog(store, incidents, fixture.clock).append(plainBody())
  store.write('DELETE FROM event', [])
  fixture.closeStores()
  expect(logIn(fixture).append(plainBody()).seq).toBe(2)
})

test('a time is read oldest first, and the newest where there are too many', async () => {
  const fixture = new HistoryFixture()
  const log = logIn(fixture)
  for (let n = 0; n < 10; n++) log.append({ ...plainBody(`event ${n}`), atMs: 1000 * n })
  const read = await fixture.clock.settle(log.read(2000, 8000, 3))
  expect(read.map(({ atMs }) => atMs)).toEqual([6000, 7000, 8000])
})

test('events of one incident are found by it', async () => {
  const fixture = new HistoryFixture()
  const log = logIn(fixture)
  log.append(plainBody('before'))
  const { incidentId } = log.append(downBody())
  log.append(plainBody('meanwhile'))
  const read = await fixture.clock.settle(log.ofIncident(incidentId!, 10))
  expect(read.map(({ seq }) => seq)).toEqual([2, 3])
})

test('a subscriber gets what it lacks, then every event', () => {
  const log = logIn(new HistoryFixture())
  for (let n = 0; n < 5; n++) log.append(plainBody())
  const { payloads, end } = subscribed(log, 3)
  expect(seqsOf(payloads)).toEqual([4, 5])
  log.append(plainBody())
  expect(seqsOf(payloads)).toEqual([4, 5, 6])
  end()
  log.append(plainBody())
  expect(seqsOf(payloads)).toEqual([4, 5, 6])
})

test('a subscriber that lacks nothing gets an empty answer at once', () => {
  const log = logIn(new HistoryFixture())
  expect(subscribed(log, 0).payloads).toEqual([{ events: [], gap: null }])
})

test('more than is in memory comes as a gap and the newest thousand, 200 at a time', () => {
  const log = logIn(new HistoryFixture())
  for (let n = 0; n < 1300; n++) log.append(plainBody())
  const { payloads } = subscribed(log, 100)
  expect(payloads.map(({ events }) => events.length)).toEqual([200, 200, 200, 200, 200])
  expect(payloads.map(({ gap }) => gap)).toEqual([{ from: 101, to: 300 }, null, null, null, null])
  expect(seqsOf(payloads)[0]).toBe(301)
})

test('a number of another history means that the subscriber has nothing of this one', () => {
  const log = logIn(new HistoryFixture())
  log.append(plainBody())
  expect(seqsOf(subscribed(log, 900).payloads)).toEqual([1])
})

test('a listener that subscribes to nothing hears everything from now on', () => {
  const log = logIn(new HistoryFixture())
  const heard: number[] = []
  const end = log.onEvent(({ seq }) => heard.push(seq))
  log.append(plainBody())
  end()
  log.append(plainBody())
  expect(heard).toEqual([1])
})
