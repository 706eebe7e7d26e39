/** When the operating system tells the operator: transitions of the verdict, once per incident. */
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { ServiceStatus, Verdict } from '../../preload/contract/status.ts'
import { QUIET_MS, VerdictNotices } from './verdict-notices.ts'

let clock: ManualClock
let notices: VerdictNotices

beforeEach(() => {
  clock = new ManualClock()
  notices = new VerdictNotices(clock)
})

function verdict(status: ServiceStatus): Verdict {
  return {
    status,
    sentence: `It is ${status}.`,
    short: 'api 3/4',
    servingBackends: 3,
    totalBackends: 4
  }
}

/** The titles that were told. */
function told(...statuses: readonly (readonly [ServiceStatus, number | null])[]): string[] {
  return statuses.flatMap(([status, id]) => {
    const word = notices.take(verdict(status), id)
    return word?.kind === 'tell' ? [word.notice.title] : []
  })
}

describe('VerdictNotices', () => {
  test('tells a change with the sentence and the incident', () => {
    notices.take(verdict('serving'), null)
    expect(notices.take(verdict('degraded'), 7)).toEqual({
      kind: 'tell',
      notice: { title: 'Degraded: api 3/4', body: 'It is degraded.', incidentId: 7 }
    })
  })

  test('says nothing at the start, of a repeat, and of what is no statement about users', () => {
    expect(told(['down', 1], ['down', 1], ['unknown', 1], ['idle', null], ['down', 1])).toEqual([])
  })

  test('says nothing more of an incident for five minutes, unless it got worse', () => {
    told(['serving', null])
    expect(told(['degraded', 1], ['serving', 1], ['degraded', 1])).toEqual(['Degraded: api 3/4'])
    expect(told(['down', 1], ['degraded', 1], ['down', 1])).toEqual(['Down: api 3/4'])
    clock.advance(QUIET_MS)
    expect(told(['serving', 1])).toEqual(['Serving again: api 3/4'])
  })

  test('takes back what got better quietly, and nothing that got worse again', () => {
    told(['serving', null], ['down', 1])
    const words = (['degraded', 'down', 'serving'] as const).map(
      (status) => notices.take(verdict(status), 1)?.kind ?? null
    )
    expect(words).toEqual(['take_back', null, 'take_back'])
  })

  test('tells another incident at once', () => {
    told(['serving', null])
    expect(told(['degraded', 1], ['serving', 1], ['degraded', 2])).toHaveLength(2)
  })
})
