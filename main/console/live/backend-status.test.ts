/**
 * Contract: glyph and word of a backend come from what the world did to it and never from what an
 * operator did, which enters the sentence; a backup says whether it serves.
 */
import { describe, expect, test } from 'vitest'
import type { FleetBackend, HealthProgress } from '../../../proxy-core/model/engine-telemetry.ts'
import { ADMIN_STATES } from '../../../proxy-core/model/states.ts'
import type { BackendStatus } from '../../../preload/contract/status.ts'
import { judgeBackend } from './backend-status.ts'
import { backend, down } from './testing/fleet-double.ts'

const FAILING: HealthProgress = { direction: 'failing', done: 2, needed: 3 }
const PASSING: HealthProgress = { direction: 'passing', done: 1, needed: 2 }
const STEADY: HealthProgress = { direction: 'steady', done: 0, needed: 3 }

interface Operational {
  readonly name: string
  readonly parts: Partial<FleetBackend>
  readonly progress: HealthProgress | null
  readonly status: BackendStatus
  readonly word: string
  readonly reason: RegExp
}

const OPERATIONAL: readonly Operational[] = [
  {
    name: 'up',
    parts: {},
    progress: STEADY,
    status: 'healthy',
    word: 'Healthy',
    reason: /^Healthy: the first probe passed/
  },
  {
    name: 'up, progress not known yet',
    parts: {},
    progress: null,
    status: 'healthy',
    word: 'Healthy',
    reason: /^Healthy: /
  },
  {
    name: 'up and failing',
    parts: {},
    progress: FAILING,
    status: 'changing',
    word: 'Failing 2/3',
    reason: /failed 2 of the 3 probes/
  },
  {
    name: 'up without a check',
    parts: { hasHealthCheck: false, healthReason: 'no health check configured' },
    progress: STEADY,
    status: 'unknown',
    word: 'No checks',
    reason: /No health check is configured/
  },
  {
    name: 'up with a lost name',
    parts: { resolutionError: 'ENOTFOUND api.internal' },
    progress: STEADY,
    status: 'changing',
    word: 'DNS error',
    reason: /ENOTFOUND api\.internal\. Its last known addresses are used/
  },
  {
    name: 'ejected by failed requests',
    parts: { ejection: { untilMs: 1, reason: '5 requests in a row failed' }, isEligible: false },
    progress: STEADY,
    status: 'changing',
    word: 'Ejected',
    reason: /out of the rotation for a while: 5 requests in a row failed\./
  },
  {
    name: 'cut off by its circuit',
    parts: { circuit: 'open', isEligible: false },
    progress: STEADY,
    status: 'down',
    word: 'Circuit open',
    reason: /circuit is open/
  },
  {
    name: 'tried by its half-open circuit',
    parts: { circuit: 'half_open' },
    progress: STEADY,
    status: 'changing',
    word: 'Trying',
    reason: /single requests try/
  },
  {
    name: 'slow start',
    parts: { health: 'slow_start', warmth: 0.4 },
    progress: STEADY,
    status: 'changing',
    word: 'Warming 40 %',
    reason: /slowly: 40 % of its weight and its slots/
  },
  {
    name: 'down',
    parts: { health: 'down', healthReason: '3 probes failed' },
    progress: { ...STEADY, needed: 2 },
    status: 'down',
    word: 'Down',
    reason: /^Down: 3 probes failed\./
  },
  {
    name: 'down and recovering',
    parts: { health: 'down', healthReason: '3 probes failed' },
    progress: PASSING,
    status: 'changing',
    word: 'Recovering 1/2',
    reason: /passed 1 of the 2 probes/
  },
  {
    name: 'down with a lost name',
    parts: { health: 'down', healthReason: 'a probe failed', resolutionError: 'ENOTFOUND x' },
    progress: STEADY,
    status: 'down',
    word: 'DNS error',
    reason: /^Down: ENOTFOUND x\./
  },
  {
    name: 'unknown',
    parts: { health: 'unknown', healthReason: 'not probed yet' },
    progress: STEADY,
    status: 'unknown',
    word: 'Unknown',
    reason: /needs a passed probe before traffic: not probed yet\./
  },
  {
    name: 'unknown with a lost name',
    parts: { health: 'unknown', healthReason: 'not probed yet', resolutionError: 'ENOTFOUND x' },
    progress: STEADY,
    status: 'unknown',
    word: 'DNS error',
    reason: /does not resolve: ENOTFOUND x\./
  }
]

const ROLES = [
  { name: 'a primary that serves', level: 0, activeLevel: 0, role: null },
  { name: 'a waiting backup', level: 1, activeLevel: 0, role: /backup level 1 and waits/ },
  { name: 'a serving backup', level: 1, activeLevel: 1, role: /backup level 1 and serves now/ }
] as const

const ADMIN_SENTENCES = { ready: null, drain: /drains it/, maint: /into maintenance/ } as const

/** 11 operational states, 3 administrative ones, 3 roles. */
const ROWS = OPERATIONAL.flatMap((operational) =>
  ADMIN_STATES.flatMap((adminState) => ROLES.map((role) => ({ operational, adminState, role })))
)

describe('the status of a backend', () => {
  test('has a row for every combination', () => {
    expect(ROWS).toHaveLength(126)
  })

  test.each(ROWS)(
    'is told for $operational.name, $adminState, $role.name',
    ({ operational, adminState, role }) => {
      const { level, activeLevel } = role
      const judged = judgeBackend({
        backend: backend('10.0.0.1:80', { ...operational.parts, adminState, level }),
        progress: operational.progress,
        activeLevel,
        isStale: false
      })
      const isResting = adminState === 'maint'
      expect(judged.status).toBe(isResting ? 'unknown' : operational.status)
      expect(judged.statusWord).toBe(isResting ? 'Not checked' : operational.word)
      expect(judged.statusReason).toMatch(isResting ? /^Probes rest/ : operational.reason)
      const held = ADMIN_SENTENCES[adminState]
      if (held) expect(judged.statusReason).toMatch(held)
      else expect(judged.statusReason).not.toMatch(/operator/)
      if (role.role) expect(judged.statusReason).toMatch(role.role)
      else expect(judged.statusReason).not.toMatch(/backup/)
    }
  )

  test('carries the reason that an operator gave', () => {
    const subject = backend('a', { adminState: 'drain', adminReason: 'operator: disk swap' })
    const { statusReason } = judge(subject)
    expect(statusReason).toContain('(operator: disk swap)')
  })

  test.each([
    ['up', /before, it was healthy/],
    ['down', /before, it was down/],
    ['unknown', /before, nothing was known of it/]
  ] as const)('remembers in maintenance that it was %s', (health, reason) => {
    expect(judge(backend('a', { adminState: 'maint', health })).statusReason).toMatch(reason)
  })

  test('tells a failing probe before the share of a backend that warms up', () => {
    const progress = { direction: 'failing', done: 1, needed: 3 } as const
    const subject = backend('a', { health: 'slow_start', warmth: 0.4 })
    const judged = judgeBackend({ backend: subject, progress, activeLevel: 0, isStale: false })
    expect(judged.statusWord).toBe('Failing 1/3')
  })

  test.each([0, 1])('says on level %i which region is preferred to its own', (level) => {
    const { statusReason } = judge(backend('a', { level, passedOverFor: 'us-east' }))
    expect(statusReason).toContain(
      'a backend in us-east, which its pool prefers, can serve its level'
    )
  })

  test('names weight 0 as the reason for no requests', () => {
    expect(judge(backend('a', { weight: 0 })).statusReason).toMatch(/weight is 0/)
  })

  test('is unknown while no engine runs, whatever it was', () => {
    const judged = judgeBackend({
      backend: down('a'),
      progress: null,
      activeLevel: -1,
      isStale: true
    })
    expect(judged).toMatchObject({ status: 'unknown', statusWord: 'Unknown' })
  })
})

function judge(subject: FleetBackend): ReturnType<typeof judgeBackend> {
  return judgeBackend({ backend: subject, progress: null, activeLevel: 0, isStale: false })
}
