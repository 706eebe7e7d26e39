/**
 * Contract: the table of phases in docs/reference/notifications.md, walked row by row, and what
 * each message says. Time moves by hand.
 */
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { Occasion } from '../../proxy-core/model/notification-settings.ts'
import { IncidentThread } from './incident-thread.ts'
import { kindOf, type NotificationMessage } from './message.ts'
import type { Occurrence } from './occurrence.ts'
import { occurrence } from './testing/messages.ts'

const ON: readonly Occasion[] = ['pool_lost', 'pool_back', 'failover', 'admin']
const WINDOW_MS = 5_000
const QUIET_MS = 30_000
const MIN_INTERVAL_MS = 60_000

let clock: ManualClock
let told: NotificationMessage[]
let thread: IncidentThread

beforeEach(() => {
  clock = new ManualClock()
  told = []
  thread = threadOn(ON)
})

function threadOn(on: readonly Occasion[]): IncidentThread {
  let last = 0
  return new IncidentThread({
    clock,
    pool: 'api',
    settings: () => ({
      on,
      ...{ groupWindowMs: WINDOW_MS, quietPeriodMs: QUIET_MS, minIntervalMs: MIN_INTERVAL_MS }
    }),
    newIncidentId: () => `test-${++last}`,
    emit: (message) => told.push(message)
  })
}

function happens(changes: Partial<Occurrence> = {}): void {
  thread.take(occurrence({ atMs: clock.wallNow(), ...changes }))
}

const lost = (): void => happens()
const back = (): void =>
  happens({
    ...{ occasion: 'pool_back', severity: 'notice', headline: 'serves again', text: 'Back.' },
    ...{ begins: null, ends: ['pool'] }
  })
const context = (text = 'A backend is down.'): void =>
  happens({ occasion: 'backend_down', severity: 'warning', text, begins: null })
const failedOver = (): void =>
  happens({
    ...{ occasion: 'failover', severity: 'warning', headline: 'served by backups', text: 'Over.' },
    begins: { key: 'level', occasion: 'failover' }
  })
const changedByHand = (): void =>
  happens({ occasion: 'admin', severity: 'notice', headline: 'drained', text: 'D.', begins: null })

function texts(index: number): readonly string[] {
  return told[index]!.lines.shown.map(({ text }) => text)
}

/** Brings the thread into a phase by the shortest way. */
const REACH = {
  calm: () => {},
  gathering: () => failedOver(),
  told: () => {
    failedOver()
    clock.advance(WINDOW_MS)
  },
  following: () => {
    REACH.told()
    failedOver()
  },
  quieting: () => {
    lost()
    clock.advance(WINDOW_MS)
    back()
  }
} as const

type Row = readonly [
  phase: keyof typeof REACH,
  what: string,
  act: () => void,
  next: string,
  sends: string | null
]

const ROWS: readonly Row[] = [
  ['calm', 'something that is not announced', () => context(), 'calm', null],
  ['calm', 'something that is announced', () => lost(), 'gathering', null],
  ['gathering', 'anything', () => context(), 'gathering', null],
  ['gathering', 'the window ends', () => clock.advance(WINDOW_MS), 'told', 'opened'],
  ['told', 'something that is not announced', () => context(), 'told', null],
  ['told', 'something that is announced', () => failedOver(), 'following', null],
  ['following', 'anything', () => context(), 'following', null],
  ['following', 'the interval ends', () => clock.advance(MIN_INTERVAL_MS), 'told', 'updated'],
  ['quieting', 'something is wrong again', () => lost(), 'following', null],
  ['quieting', 'the quiet period ends', () => clock.advance(QUIET_MS), 'calm', 'closed']
]

describe('the table', () => {
  test.each(ROWS)('%s, and %s', (phase, _what, act, next, sends) => {
    REACH[phase]()
    expect(thread.phase).toBe(phase)
    told.length = 0
    act()
    expect(thread.phase).toBe(next)
    expect(told.map(kindOf)).toEqual(sends === null ? [] : [sends])
  })

  test('gathering, and nothing is wrong any more: quieting, and one closing message tells all', () => {
    lost()
    clock.advance(2_000)
    back()
    expect(thread.phase).toBe('quieting')
    clock.advance(QUIET_MS)
    expect(told.map(kindOf)).toEqual(['closed'])
    expect(texts(0)).toHaveLength(2)
  })

  test('gathering, and nothing lasts: a notice, and calm', () => {
    changedByHand()
    clock.advance(WINDOW_MS)
    expect(told.map(kindOf)).toEqual(['notice'])
    expect(thread.phase).toBe('calm')
    expect(clock.pendingCount).toBe(0)
  })

  test('quieting before anything was told, and something is wrong again: gathering', () => {
    lost()
    back()
    lost()
    expect(thread.phase).toBe('gathering')
    clock.advance(WINDOW_MS)
    expect(told.map(kindOf)).toEqual(['opened'])
    expect(texts(0)).toHaveLength(3)
  })
})

test('what happens within the window is one message with one time line', () => {
  failedOver()
  clock.advance(1_000)
  lost()
  clock.advance(WINDOW_MS - 1_000)
  expect(told).toHaveLength(1)
  expect(told[0]!.incidents).toEqual([
    expect.objectContaining({
      severity: 'critical',
      headline: 'no backend left, its requests fail'
    })
  ])
  expect(texts(0)).toEqual(['Over.', occurrence().text])
})

test('what led to it within a minute is in the time line, what is older is not', () => {
  context('Too old.')
  clock.advance(60_001)
  context('Before.')
  clock.advance(10_000)
  lost()
  clock.advance(WINDOW_MS)
  expect(texts(0)).toEqual(['Before.', occurrence().text])
  expect(told[0]!.incidents[0]!.openedAtMs).toBe(clock.wallNow() - WINDOW_MS)
})

test('further messages wait for the interval, but one that it got worse does not', () => {
  failedOver()
  clock.advance(WINDOW_MS)
  clock.advance(1_000)
  failedOver()
  clock.advance(2_000)
  expect(told).toHaveLength(1)
  lost()
  clock.advance(WINDOW_MS)
  expect(told.map(kindOf)).toEqual(['opened', 'updated'])
  failedOver()
  clock.advance(WINDOW_MS + 1)
  expect(told).toHaveLength(2)
  clock.advance(MIN_INTERVAL_MS)
  expect(told).toHaveLength(3)
})

test('the closing message says when it was over, not when it was told', () => {
  lost()
  clock.advance(WINDOW_MS)
  clock.advance(7_000)
  const overAtMs = clock.wallNow()
  back()
  clock.advance(QUIET_MS)
  const [incident] = told[1]!.incidents
  expect(incident).toMatchObject({
    ...{ kind: 'closed', closedAtMs: overAtMs, id: told[0]!.incidents[0]!.id },
    ...{ headline: 'no backend left, its requests fail', severity: 'critical' }
  })
})

test('a pool that flaps is one incident, with few messages', () => {
  for (let round = 0; round < 100; round += 1) {
    lost()
    clock.advance(1_000)
    back()
    clock.advance(1_000)
  }
  clock.advance(QUIET_MS)
  const kinds = told.map(kindOf)
  expect(new Set(told.map(({ incidents }) => incidents[0]!.id)).size).toBe(1)
  expect(kinds.at(-1)).toBe('closed')
  expect(kinds.length).toBeLessThanOrEqual(2 + Math.ceil(200_000 / MIN_INTERVAL_MS))
})

test('an incident is over for a channel when what that channel was told of is over', () => {
  failedOver()
  happens({
    ...{ occasion: 'backend_down', severity: 'warning', text: 'Still down.' },
    begins: { key: 'down a', occasion: 'backend_down' }
  })
  clock.advance(WINDOW_MS)
  happens({ occasion: 'failover', severity: 'notice', begins: null, ends: ['level'] })
  clock.advance(QUIET_MS)
  expect(told.map(kindOf)).toEqual(['opened', 'closed'])
})

test('a time line stays short: its beginning and its end, and how many are left out', () => {
  for (let index = 0; index < 34; index += 1) happens({ text: `Line ${index}.` })
  clock.advance(WINDOW_MS)
  expect(told[0]!.lines.omitted).toBe(14)
  expect(texts(0)).toHaveLength(20)
  expect(texts(0)[4]).toBe('Line 4.')
  expect(texts(0)[5]).toBe('Line 19.')
  expect(texts(0).at(-1)).toBe('Line 33.')
})

test('a flush tells what is being collected, and leaves no timer', () => {
  failedOver()
  thread.flush()
  expect(told.map(kindOf)).toEqual(['opened'])
  expect(clock.pendingCount).toBe(0)
})

test('whatever happens: every incident that was opened is closed once at most, in order', () => {
  const steps = fc.array(
    fc.record({
      act: fc.constantFrom(lost, back, failedOver, changedByHand, context),
      thenMs: fc.nat({ max: 90_000 })
    }),
    { maxLength: 60 }
  )
  fc.assert(
    fc.property(steps, (trace) => {
      clock = new ManualClock()
      told = []
      thread = threadOn(ON)
      for (const { act, thenMs } of trace) {
        act()
        clock.advance(thenMs)
      }
      const open = new Set<string>()
      for (const { incidents } of told) {
        const { id, kind, openedAtMs, closedAtMs } = incidents[0]!
        if (kind === 'opened') expect(open.has(id)).toBe(false)
        if (kind === 'opened') open.add(id)
        if (kind === 'updated') expect(open.has(id)).toBe(true)
        if (kind === 'closed') {
          open.delete(id)
          expect(closedAtMs).toBeGreaterThanOrEqual(openedAtMs)
        }
      }
      expect(open.size).toBeLessThanOrEqual(1)
      if (thread.phase === 'calm') expect([open.size, clock.pendingCount]).toEqual([0, 0])
    })
  )
})
