/** Contract: the table of docs/reference/console.md, "Incidents". */
import { describe, expect, test } from 'vitest'
import { losing, regaining, type Capacity, type CapacityChange } from './capacity.ts'
import {
  cutOff,
  overBy,
  QUIET_MS,
  withEvent,
  withSurvey,
  type IncidentEvent,
  type IncidentState,
  type Moment
} from './incident-machine.ts'

const backend: Capacity = { kind: 'backend', pool: 'api', backend: 'a:1' }
const pool: Capacity = { kind: 'pool', pool: 'web' }
const nothing: CapacityChange = { lost: [], back: [] }

function moment(nowMs: number): Moment {
  return { nowMs, wallMs: 1_000_000 + nowMs }
}

function event(facts: Partial<IncidentEvent> = {}): IncidentEvent {
  return {
    ...{ seq: 1, atMs: 1_000_000, kind: 'backend_down', severity: 'warning', actor: 'probe' },
    ...{ text: 'It happened.', pool: 'api', backend: 'a:1', code: null },
    ...facts
  }
}

/** The phase in words. */
function phaseOf(state: IncidentState): string {
  if (state === null) return 'none'
  return state.quietSince === null ? 'open' : 'quiet'
}

const NONE: IncidentState = null
const OPEN = withEvent(NONE, event(), losing(backend), moment(0), 7)
const TWICE = withEvent(OPEN, event({ pool: 'web' }), losing(pool), moment(5), 8)
const QUIET = withEvent(OPEN, event({ kind: 'backend_up' }), regaining(backend), moment(10), 8)

describe.each<[string, IncidentState, CapacityChange, string, number]>([
  ['none, and something is lost', NONE, losing(backend), 'open', 1],
  ['none, and nothing is lost', NONE, nothing, 'none', 0],
  ['none, and something comes back', NONE, regaining(backend), 'none', 0],
  ['open, and more is lost', OPEN, losing(pool), 'open', 2],
  ['open, and nothing is lost', OPEN, nothing, 'open', 2],
  ['open, and all is back', OPEN, regaining(backend), 'quiet', 2],
  ['two things lost, and one is back', TWICE, regaining(backend), 'open', 3],
  ['two things lost, and both are back', TWICE, regaining(backend, pool), 'quiet', 3],
  ['quiet, and nothing is lost', QUIET, nothing, 'quiet', 3],
  ['quiet, and something is lost', QUIET, losing(backend), 'open', 3]
])('%s', (_name, before, change, phase, events) => {
  test(`leads to ${phase}`, () => {
    const after = withEvent(before, event(), change, moment(20), 7)
    expect(phaseOf(after)).toBe(phase)
    expect(after?.incident.eventCount ?? 0).toBe(events)
  })
})

test('the event that loses something first names the incident and its time', () => {
  expect(OPEN?.incident).toEqual({
    ...{ id: 7, title: 'api: a:1 down', openedAtMs: 1_000_000, closedAtMs: null },
    ...{ severity: 'warning', pools: ['api'], eventCount: 1, notes: '' }
  })
})

test('pools that lose things at the same time are one incident, of the worst severity', () => {
  const lost = event({ kind: 'pool_lost', severity: 'critical', pool: 'web' })
  const both = withEvent(OPEN, lost, losing(pool), moment(5), 8)
  const after = withEvent(both, event({ severity: 'info', pool: null }), nothing, moment(6), 8)
  expect(after?.incident).toMatchObject({
    ...{ id: 7, title: 'api: a:1 down', severity: 'critical' },
    ...{ pools: ['api', 'web'], eventCount: 3 }
  })
})

test('the same loss twice needs one return', () => {
  const again = withEvent(OPEN, event(), losing(backend), moment(1), 8)
  expect(phaseOf(withEvent(again, event(), regaining(backend), moment(2), 8))).toBe('quiet')
})

test('it is over two quiet minutes after everything was back, as of then', () => {
  expect(overBy(OPEN, moment(10 * QUIET_MS))).toBeNull()
  expect(overBy(QUIET, moment(10 + QUIET_MS - 1))).toBeNull()
  expect(overBy(QUIET, moment(10 + QUIET_MS))?.closedAtMs).toBe(1_000_010)
})

test('other events while it is quiet do not make it longer', () => {
  const after = withEvent(QUIET, event({ kind: 'config' }), nothing, moment(60_000), 8)
  expect(overBy(after, moment(10 + QUIET_MS))?.closedAtMs).toBe(1_000_010)
})

test('a new loss in the quiet minutes makes it the same incident', () => {
  const again = withEvent(QUIET, event(), losing(backend), moment(60_000), 8)
  expect(again?.incident.id).toBe(7)
  expect(overBy(again, moment(10 * QUIET_MS))).toBeNull()
})

test('a survey takes back what is no longer missed, and adds nothing', () => {
  expect(withSurvey(TWICE, () => true, moment(20))).toBe(TWICE)
  expect(phaseOf(withSurvey(TWICE, ({ kind }) => kind === 'pool', moment(20)))).toBe('open')
  const quiet = withSurvey(TWICE, () => false, moment(20))
  expect(quiet?.quietSince).toEqual(moment(20))
  expect(quiet?.incident.eventCount).toBe(2)
  expect(withSurvey(NONE, () => false, moment(20))).toBeNull()
})

test('cut off while it lasts it ends now, cut off in the quiet it ended then', () => {
  expect(cutOff(OPEN!, 1_000_500).closedAtMs).toBe(1_000_500)
  expect(cutOff(QUIET!, 1_000_500).closedAtMs).toBe(1_000_010)
})

test('a clock that was set back ends no incident before it began', () => {
  expect(cutOff(OPEN!, 5).closedAtMs).toBe(1_000_000)
})
