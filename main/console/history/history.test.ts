/** Contract: what the engine reports is kept, grouped, told, and there after every kind of end. */
import { writeFileSync } from 'node:fs'
import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { IncidentBoard } from '../../../preload/contract/incident.ts'
import { METHODS } from '../../../preload/contract/methods.ts'
import { TOPICS } from '../../../preload/contract/topics.ts'
import type { CallContext } from '../../contract/method-handlers.ts'
import type { HostEvent } from '../../engine-host/engine-host.ts'
import type { History } from './history.ts'
import { QUIET_MS } from './incident-machine.ts'
import { fleetOf, tickOf } from './testing/fleet-of.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'
import { otherConsole } from './testing/history-process.ts'

const call: CallContext = { signal: new AbortController().signal, actor: 'operator (browser)' }
const died = { kind: 'engine_died', reason: 'It was killed.', restartInMs: 250 } as const

function health(to: 'up' | 'down', pool = 'api'): HostEvent {
  const from = to === 'up' ? 'down' : 'up'
  const facts = { seq: 1, atMs: 5, reason: 'because', evidence: [], pool, backend: 'a:1' }
  return { kind: 'engine_event', event: { kind: 'backend_health', from, to, ...facts } }
}

function boardOf(history: History): IncidentBoard {
  const boards: IncidentBoard[] = []
  history.topics.incidents.open({}, (board) => boards.push(board))()
  return TOPICS.incidents.payload.parse(boards[0])
}

function textsOf(history: History): string[] {
  const texts: string[] = []
  history.topics.events.open({ since: 0 }, (payload) => {
    const { events } = TOPICS.events.payload.parse(payload)
    texts.push(...events.map(({ text }) => text))
  })()
  return texts
}

test('a backend that goes and comes is an incident with both events', async () => {
  const fixture = new HistoryFixture()
  const history = await fixture.history()
  history.takeHostEvent(health('down'))
  history.takeHostEvent(health('up'))
  fixture.clock.advance(QUIET_MS)
  expect(boardOf(history)).toMatchObject({ open: [], recent: [{ id: 1, eventCount: 2 }] })
  const reading = Promise.resolve(history.handlers['incident.read']({ id: 1 }, call))
  const detail = METHODS['incident.read'].result.parse(await fixture.clock.settle(reading))
  expect(detail.events.map(({ kind }) => kind)).toEqual(['backend_down', 'backend_up'])
})

test('an incident can be annotated and exported', async () => {
  const fixture = new HistoryFixture()
  const history = await fixture.history()
  history.takeHostEvent(health('down'))
  const action = { actor: 'operator', action: 'Drain b:1 in api', reason: '', outcome: 'done' }
  history.audit.record(action)
  const { handlers } = history
  const noting = Promise.resolve(handlers['incident.annotate']({ id: 1, notes: 'Disk.' }, call))
  expect((await fixture.clock.settle(noting)).incident.notes).toBe('Disk.')
  const exporting = Promise.resolve(handlers['incident.export']({ id: 1 }, call))
  const { fileName, markdown } = await fixture.clock.settle(exporting)
  expect(fileName).toMatch(/^incident-1-\d{4}-\d\d-\d\d\.md$/)
  expect(markdown).toContain('Drain b:1 in api')
  expect(markdown).toContain('Disk.')
})

test('a fleet in which everything is well ends what no event has ended', async () => {
  const fixture = new HistoryFixture()
  const history = await fixture.history()
  history.takeHostEvent(health('down'))
  history.takeFleet({ ...fleetOf([{ name: 'api', backends: [{}] }]), isReady: false })
  expect(history.incidents.lasting).not.toBeNull()
  history.takeFleet(fleetOf([{ name: 'api', backends: [{}] }]))
  expect(history.incidents.lasting).toBeNull()
  fixture.clock.advance(QUIET_MS)
  expect(boardOf(history).open).toEqual([])
})

test('a pool whose requests fail is an incident until they do not', async () => {
  const fixture = new HistoryFixture()
  const history = await fixture.history()
  const rise = { share: 0.12, sinceMs: fixture.clock.wallNow() }
  expect(history.takeErrors({ pool: 'api', rise })).toMatchObject({
    ...{ kind: 'errors_high', severity: 'critical', actor: 'traffic', incidentId: 1 },
    text: 'Pool api: 12 % of its requests fail.'
  })
  expect(boardOf(history).open[0]!.title).toBe('api: many requests fail')
  const normal = history.takeErrors({ pool: 'api', rise: null })
  expect(normal).toMatchObject({ kind: 'errors_normal', severity: 'notice', incidentId: 1 })
  fixture.clock.advance(QUIET_MS)
  expect(boardOf(history).open).toEqual([])
})

test('after a death of the engine its errors are judged anew', async () => {
  const fixture = new HistoryFixture()
  const history = await fixture.history()
  history.takeErrors({ pool: 'api', rise: { share: 0.5, sinceMs: 0 } })
  expect(history.takeHostEvent(died)?.incidentId).toBe(1)
  history.takeHostEvent({ kind: 'engine_restarted', pid: 5 })
  expect(history.incidents.lasting).toBeNull()
})

test('a closed workspace ends its incident, and says why', async () => {
  const history = await new HistoryFixture().history()
  history.takeHostEvent(health('down'))
  history.forgetEngine()
  expect(boardOf(history)).toMatchObject({ open: [], recent: [{ id: 1, eventCount: 2 }] })
  expect(textsOf(history).at(-1)).toBe(
    'Incident 1 (api: a:1 down) is closed because the configuration was closed; what comes after is not watched.'
  )
})

test('a workspace that is closed when all is well says nothing', async () => {
  const history = await new HistoryFixture().history()
  history.forgetEngine()
  expect(textsOf(history)).toEqual([])
})

test('traffic is rolled up and can be read as a series', async () => {
  const fixture = new HistoryFixture()
  const history = await fixture.history()
  const fleet = fleetOf([{ name: 'api', backends: [] }])
  const beganMs = fixture.clock.wallNow()
  for (let ms = 0; ms <= 60_000; ms += 250) {
    history.takeTick(tickOf(beganMs + ms, { rps: 4, ok2xx: 4 }, [{ rps: 4 }]), fleet)
  }
  const endMs = beganMs + 60_000
  const query = { scope: { kind: 'total' }, range: '1m', endMs } as const
  expect((await fixture.clock.settle(history.series.read(query))).ok2xx).toEqual([4])
})

test('a stop leaves nothing to tell at the next start', async () => {
  const fixture = new HistoryFixture()
  const first = await fixture.history()
  first.takeHostEvent(health('down'))
  await first.close()
  const second = await fixture.history()
  expect(boardOf(second)).toMatchObject({ open: [], recent: [{ id: 1 }] })
  expect(second.session.current).toBeNull()
  expect(textsOf(second).at(-1)).toMatch(/closed because the console was stopped/)
  expect(fixture.told).toEqual([])
})

test('after a kill the next console says so, and closes what was open', async () => {
  const fixture = new HistoryFixture()
  const killed = await otherConsole(fixture.folder)
  await killed.kill()
  const next = await fixture.history()
  expect(next.session.current?.sentence).toMatch(
    /^The console ended without a stop at .* No engine ran\.$/
  )
  expect(boardOf(next)).toMatchObject({ open: [], recent: [{ id: 1, title: 'api: a:1 down' }] })
  expect(textsOf(next).slice(-2)).toEqual([
    next.session.current!.sentence,
    'Incident 1 (api: a:1 down) was open then; how it ended was not watched.'
  ])
})

test('a damaged file is an event of the new one', async () => {
  const fixture = new HistoryFixture()
  mkdirSync(fixture.folder, { recursive: true })
  writeFileSync(fixture.file, 'This is not a database at all, and it is long enough. '.repeat(40))
  const history = await fixture.history()
  expect(fixture.told).toHaveLength(1)
  const reading = history.events.read(0, Infinity, 10)
  expect(await fixture.clock.settle(reading)).toMatchObject([
    { seq: 1, kind: 'console', severity: 'warning', code: 'HISTORY_UNUSABLE' }
  ])
})

test('a closed history leaves no timer', async () => {
  const fixture = new HistoryFixture()
  const history = await fixture.history()
  history.takeHostEvent(health('down'))
  history.takeHostEvent(health('up'))
  await history.close()
  expect(fixture.clock.pendingCount).toBe(0)
})
