/** Badges of the rail: only where something departs from normal, the worst of it. */
import { describe, expect, test } from 'vitest'
import type { Incident } from '../../preload/contract/incident.ts'
import { aBackend, aFleet, aPool, aWorkspace } from '../testing/live-payloads.ts'
import { navBadges } from './nav-badges.ts'

const DOWN = aBackend('10.0.0.1:80', { status: 'down' })
const CHANGING = aBackend('10.0.0.2:80', { status: 'changing' })

const fleetOf = (...backends: Parameters<typeof aPool>[1][number][]): ReturnType<typeof aFleet> =>
  aFleet({ pools: [aPool('api', backends)] })

function anIncident(severity: Incident['severity']): Incident {
  const times = { openedAtMs: 1, closedAtMs: null }
  return { id: 1, title: 'api', severity, pools: ['api'], eventCount: 1, notes: '', ...times }
}

const PROBLEM = {
  severity: 'error',
  line: 1,
  column: 1,
  path: '',
  message: '',
  suggestion: null
} as const

describe('navBadges', () => {
  test('has none where all is well', () => {
    expect(navBadges(aFleet(), { open: [], recent: [] }, aWorkspace())).toEqual({})
    expect(navBadges(null, null, null)).toEqual({})
  })

  test('counts what is down, and what changes only when nothing is down', () => {
    expect(navBadges(fleetOf(DOWN, CHANGING), null, null).pools).toEqual({
      count: 1,
      tone: 'down',
      sentence: '1 backend is down.'
    })
    expect(navBadges(fleetOf(CHANGING, CHANGING), null, null).pools).toEqual({
      count: 2,
      tone: 'warn',
      sentence: '2 backends are not fully healthy.'
    })
  })

  test('counts open incidents in the tone of the worst', () => {
    const open = [anIncident('warning'), anIncident('critical')]
    expect(navBadges(null, { open, recent: [] }, null).incidents).toMatchObject({
      count: 2,
      tone: 'down'
    })
    expect(navBadges(null, { open: [open[0]!], recent: [] }, null).incidents).toEqual({
      count: 1,
      tone: 'warn',
      sentence: '1 incident is open.'
    })
  })

  test('tells staged changes before problems of the file, and no warnings', () => {
    const staged = aWorkspace({ staged: ['a', 'b'], problems: [PROBLEM] })
    expect(navBadges(null, null, staged).config).toMatchObject({ count: 2, tone: 'admin' })
    const broken = aWorkspace({ problems: [PROBLEM, { ...PROBLEM, severity: 'warning' }] })
    expect(navBadges(null, null, broken).config).toMatchObject({ count: 1, tone: 'down' })
  })
})
