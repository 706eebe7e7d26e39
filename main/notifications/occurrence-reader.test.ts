/** Contract: what of the engine's reports is told, about what, and what begins and ends with it. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { EngineEventBody, StoreOutcome } from '../../proxy-core/model/engine-event.ts'
import type { FailoverPhase } from '../../proxy-core/model/failover-state.ts'
import type { Occurrence } from './occurrence.ts'
import { OccurrenceReader } from './occurrence-reader.ts'

const NOW_MS = 5_000

let reader: OccurrenceReader
let seq = 0

beforeEach(() => {
  reader = new OccurrenceReader()
})

function read(body: EngineEventBody): readonly Occurrence[] {
  return reader.read({ kind: 'engine_event', event: { ...body, seq: ++seq, atMs: 1_000 } }, NOW_MS)
}

const PLACE = { pool: 'api', backend: '10.0.0.1:80' } as const

function health(
  to: 'up' | 'down' | 'unknown',
  from: 'up' | 'down' | 'unknown' = 'up'
): EngineEventBody {
  return { kind: 'backend_health', ...PLACE, from, to, reason: 'probes', evidence: [] }
}

function admin(
  to: 'ready' | 'drain' | 'maint',
  from: 'ready' | 'drain' = 'ready'
): EngineEventBody {
  return { kind: 'backend_admin', ...PLACE, from, to, reason: 'deployment' }
}

function failover(
  to: FailoverPhase,
  toLevel: number,
  { fromLevel = 0, isManual = false } = {}
): EngineEventBody {
  const phases = { from: 'normal', to, fromLevel, toLevel } as const
  return { kind: 'failover', pool: 'api', ...phases, isManual, reason: 'r' }
}

const ends = (occurrences: readonly Occurrence[]): readonly string[] =>
  occurrences.flatMap((one) => one.ends)

describe('the buffer', () => {
  const store = (outcome: StoreOutcome): EngineEventBody => ({
    ...{ kind: 'store', outcome, route: null, count: 1, reason: 'r' }
  })

  test('that takes no requests is wrong until it takes them again', () => {
    expect(read(store('accepting'))).toEqual([])
    expect(read(store('refusing'))).toEqual([
      expect.objectContaining({
        ...{ occasion: 'buffer', severity: 'critical', pool: null },
        begins: { key: 'buffer refuses', occasion: 'buffer' }
      })
    ])
    expect(ends(read(store('accepting')))).toEqual(['buffer refuses'])
  })

  test('whose disk fails is wrong until it works', () => {
    expect(read(store('disk_failed'))[0]!.severity).toBe('critical')
    expect(ends(read(store('disk_recovered')))).toEqual(['buffer disk'])
  })

  test.each(['dead_letter', 'expired', 'quarantined', 'repaired'] as const)(
    'tells of %s, which nothing ends',
    (outcome) => {
      expect(read(store(outcome))).toEqual([
        expect.objectContaining({ occasion: 'buffer', severity: 'warning', begins: null, ends: [] })
      ])
    }
  )
})

describe('a backend', () => {
  test('that comes up at the start is no news; one that was down is', () => {
    expect(read(health('up', 'unknown'))).toEqual([])
    expect(read(health('down'))).toEqual([
      expect.objectContaining({
        ...{ atMs: 1_000, occasion: 'backend_down', severity: 'warning', ...PLACE },
        ...{ headline: '10.0.0.1:80 is down', ends: [] },
        begins: { key: 'down 10.0.0.1:80', occasion: 'backend_down' },
        text: 'Pool api: 10.0.0.1:80 is down, was up (probes).'
      })
    ])
    expect(ends(read(health('up', 'down')))).toEqual(['down 10.0.0.1:80'])
  })

  test('whose probes pause is not up', () => {
    read(health('down'))
    expect(read(health('unknown', 'down'))).toEqual([])
    expect(ends(read(health('up', 'unknown')))).toEqual(['down 10.0.0.1:80'])
  })

  test('that an operator takes out is not missed, and is again when it is wanted', () => {
    read(health('down'))
    expect(ends(read(admin('maint')))).toEqual(['down 10.0.0.1:80'])
    expect(read(admin('ready'))[0]?.begins?.key).toBe('down 10.0.0.1:80')
  })

  test('that dies while it is drained takes nothing away', () => {
    read(admin('drain'))
    expect(read(health('down'))).toEqual([
      expect.objectContaining({ severity: 'notice', begins: null })
    ])
  })

  test('whose kept state is repeated by a new engine is no news', () => {
    read(admin('drain'))
    expect(read(admin('drain', 'ready'))).toEqual([])
  })

  test.each([
    [
      'ejection',
      { kind: 'backend_ejection', ...PLACE, isEjected: true, durationMs: 10_000, reason: 'r' },
      { kind: 'backend_ejection', ...PLACE, isEjected: false, durationMs: 0, reason: 'r' }
    ],
    [
      'circuit',
      { kind: 'backend_circuit', ...PLACE, from: 'closed', to: 'open', reason: 'r' },
      { kind: 'backend_circuit', ...PLACE, from: 'half_open', to: 'closed', reason: 'r' }
    ],
    [
      'resolution',
      { kind: 'resolution', ...PLACE, addresses: [], error: 'ENOTFOUND' },
      { kind: 'resolution', ...PLACE, addresses: ['10.0.0.1'], error: null }
    ]
  ] as const)('its %s begins and ends, and an end alone is no news', (occasion, begin, end) => {
    expect(read(end)).toEqual([])
    expect(read(begin)[0]).toMatchObject({ occasion, begins: { occasion } })
    expect(ends(read(end))).toEqual([`${occasion} 10.0.0.1:80`])
  })

  test('whose circuit is half open is not told of', () => {
    expect(
      read({ kind: 'backend_circuit', ...PLACE, from: 'open', to: 'half_open', reason: 'r' })
    ).toEqual([])
  })
})

describe('a pool', () => {
  test('is lost and comes back, and its requests fail or wait meanwhile', () => {
    const event = {
      kind: 'pool_availability',
      pool: 'api',
      isAvailable: false,
      reason: 'r'
    } as const
    const waiting = read({ ...event, doRequestsWait: true })
    expect(waiting[0]).toMatchObject({ headline: 'no backend left, its requests wait' })
    reader = new OccurrenceReader()
    const lost = read({ ...event, doRequestsWait: false })
    expect(lost[0]).toMatchObject({
      occasion: 'pool_lost',
      severity: 'critical',
      begins: { key: 'pool' },
      headline: 'no backend left, its requests fail'
    })
    const back = {
      kind: 'pool_availability',
      pool: 'api',
      isAvailable: true,
      doRequestsWait: false,
      reason: 'r'
    } as const
    expect(ends(read(back))).toEqual(['pool'])
    expect(read(back)).toEqual([])
  })

  test('that fails over is told of by its steps, until it is normal', () => {
    expect(read(failover('active', 1))[0]).toMatchObject({
      ...{ headline: 'served by the backups of level 1', severity: 'warning' },
      begins: { key: 'level' }
    })
    expect(read(failover('recovering', 1))[0]).toMatchObject({ severity: 'notice', ends: [] })
    expect(ends(read(failover('normal', 0)))).toEqual(['level'])
  })

  test('that has no primaries is normal on its first level', () => {
    read(failover('active', 2, { fromLevel: 1 }))
    const [back] = read(failover('normal', 1, { fromLevel: 2 }))
    expect(back).toMatchObject({
      headline: 'served by the backups of level 1 again',
      ends: ['level']
    })
  })

  test.each<[FailoverPhase, number, number, boolean, string]>([
    ['normal', 1, 0, false, 'served by its primaries again'],
    ['pending', 0, 0, false, 'its primaries are lost, the failover waits'],
    ['pending', 1, 1, false, 'the backups of level 1 are lost, the failover waits'],
    ['switching', 0, 1, false, 'traffic moves to the backups of level 1'],
    ['active', 0, 0, false, 'its primaries share the traffic with backups'],
    ['recovering', 2, 2, false, 'a level before level 2 is healthy again, traffic waits'],
    ['recovering', 2, 1, false, 'traffic returns to the backups of level 1'],
    ['recovering', 1, 0, false, 'traffic returns to its primaries'],
    ['latched', 0, 1, true, 'an operator has sent the traffic to the backups of level 1'],
    ['latched', 1, 1, true, 'an operator has latched it, served by the backups of level 1'],
    ['latched', 1, 2, false, 'latched by an operator, served by the backups of level 2']
  ])('in the step to %s from level %d to %d (by hand: %s) says what is so: %s', (...step) => {
    const [to, fromLevel, toLevel, isManual, headline] = step
    expect(read(failover(to, toLevel, { fromLevel, isManual }))[0]).toMatchObject({ headline })
  })
})

describe('the engine', () => {
  const died = { kind: 'engine_died', reason: 'It was killed', restartInMs: 250 } as const
  const restarted = { kind: 'engine_restarted', pid: 7 } as const

  test('dies and serves again', () => {
    expect(reader.read(died, NOW_MS)[0]).toMatchObject({
      ...{ atMs: NOW_MS, pool: null, occasion: 'engine', severity: 'critical' },
      begins: { key: 'engine', occasion: 'engine' }
    })
    expect(ends(reader.read(restarted, NOW_MS))).toEqual(['engine'])
  })

  test('that is new and does not repeat what was wrong has mended it', () => {
    read(health('down'))
    read({
      kind: 'pool_availability',
      pool: 'api',
      isAvailable: false,
      doRequestsWait: false,
      reason: 'r'
    })
    reader.read(died, NOW_MS)
    read(health('down', 'unknown'))
    expect(reader.read(restarted, NOW_MS)).toEqual([
      expect.objectContaining({ pool: null, ends: ['engine'] }),
      expect.objectContaining({ pool: 'api', ends: ['pool'], occasion: 'engine' })
    ])
  })

  test('tells a listener that failed and one that is open at last', () => {
    const event = { kind: 'listener', listener: 'web', code: null, reason: 'r' } as const
    expect(read({ ...event, outcome: 'opened' })).toEqual([])
    expect(read({ ...event, outcome: 'failed' })[0]).toMatchObject({ severity: 'critical' })
    expect(ends(read({ ...event, outcome: 'opened' }))).toEqual(['listener web'])
    expect(read({ ...event, outcome: 'certificate_reloaded' })).toEqual([])
  })

  test('tells a refused configuration, and the one that is taken after it', () => {
    const event = { kind: 'configuration', code: null, reason: 'line 3' } as const
    expect(read({ ...event, outcome: 'loaded' })).toEqual([])
    expect(read({ ...event, outcome: 'refused' })[0]).toMatchObject({
      text: 'The configuration was refused, what ran before stays: line 3'
    })
    expect(ends(read({ ...event, outcome: 'loaded' }))).toEqual(['config'])
  })

  test.each([
    [{ kind: 'engine_fault', fault: { code: 'INTERNAL', reason: 'r' } }],
    [{ kind: 'protocol_violation', reason: 'r' }]
  ] as const)('and what went wrong around it: %j', (event) => {
    expect(reader.read(event, NOW_MS)).toEqual([
      expect.objectContaining({ occasion: 'fault', pool: null, begins: null, ends: [] })
    ])
  })
})

test('what another configuration does not have is not wrong any more', () => {
  read(health('down'))
  read({
    kind: 'pool_availability',
    pool: 'api',
    isAvailable: false,
    doRequestsWait: false,
    reason: 'r'
  })
  read({ ...health('down'), backend: '10.0.0.2:80' } as EngineEventBody)
  expect(reader.keepOnly(new Map([['api', new Set(['10.0.0.2:80'])]]), NOW_MS)).toEqual([
    expect.objectContaining({
      backend: '10.0.0.1:80',
      ends: ['down 10.0.0.1:80'],
      occasion: 'config'
    })
  ])
  const rest = reader.keepOnly(new Map(), NOW_MS)
  expect(ends(rest).toSorted()).toEqual(['down 10.0.0.2:80', 'pool'])
  expect(rest.map(({ text }) => text)).toContain('Pool api is not in the configuration any more.')
})
