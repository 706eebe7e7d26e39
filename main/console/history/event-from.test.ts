/**
 * Contract: what the engine reports becomes an event with the log's sentence, and loses capacity
 * only where the world took it, never where the operator did.
 */
import { describe, expect, test } from 'vitest'
import type { EngineEventBody } from '../../../proxy-core/model/engine-event.ts'
import type { Fleet, FleetBackend } from '../../../proxy-core/model/engine-telemetry.ts'
import type { FailoverPhase } from '../../../proxy-core/model/failover-state.ts'
import type { HostEvent } from '../../engine-host/engine-host.ts'
import type { EventBody } from './event-body.ts'
import { eventFrom } from './event-from.ts'
import { FleetMemory } from './fleet-memory.ts'
import { fleetOf } from './testing/fleet-of.ts'

const place = { pool: 'api', backend: 'a:1' }
const backend = { kind: 'backend', ...place } as const

function engineEvent(body: EngineEventBody): HostEvent {
  return { kind: 'engine_event', event: { ...body, seq: 1, atMs: 5 } }
}

function health(
  from: 'unknown' | 'up' | 'down' | 'slow_start',
  to: 'unknown' | 'up' | 'down' | 'slow_start',
  address = 'a:1'
): HostEvent {
  const reason = 'because'
  const facts = { pool: 'api', backend: address, from, to, reason, evidence: [] }
  return engineEvent({ kind: 'backend_health', ...facts })
}

function admin(from: 'ready' | 'drain' | 'maint', to: 'ready' | 'drain' | 'maint'): HostEvent {
  return engineEvent({ kind: 'backend_admin', ...place, from, to, reason: 'disk swap' })
}

function level(fromLevel: number, toLevel: number, isManual = false): HostEvent {
  return step(fromLevel, toLevel, toLevel === 0 ? 'normal' : 'active', isManual)
}

function step(fromLevel: number, toLevel: number, to: FailoverPhase, isManual = false): HostEvent {
  const facts = { fromLevel, toLevel, to, isManual, reason: 'level lost' }
  return engineEvent({ kind: 'failover', pool: 'api', from: 'normal', ...facts })
}

function availability(isAvailable: boolean): HostEvent {
  const reason = 'nobody left'
  return engineEvent({
    kind: 'pool_availability',
    pool: 'api',
    isAvailable,
    doRequestsWait: false,
    reason
  })
}

function fleet(...backends: readonly Partial<FleetBackend>[]): Fleet {
  return fleetOf([{ name: 'api', backends }])
}

/** The last event after all of these. */
function after(memory: FleetMemory, ...events: readonly HostEvent[]): EventBody | null {
  return events.reduce<EventBody | null>((_before, event) => eventFrom(event, memory), null)
}

describe('health', () => {
  test('a backend that goes down is lost', () => {
    expect(eventFrom(health('up', 'down'), new FleetMemory())).toEqual({
      ...{ kind: 'backend_down', severity: 'warning', actor: 'probe', ...place, atMs: 5 },
      text: 'Pool api: a:1 is down, was up (because).',
      capacity: { lost: [backend], back: [] }
    })
  })

  test('a backend that comes back is won', () => {
    expect(after(new FleetMemory(), health('up', 'down'), health('down', 'up'))).toMatchObject({
      ...{ kind: 'backend_up', severity: 'notice' },
      capacity: { lost: [], back: [backend] }
    })
  })

  test('down at the first probe is news, up at the first probe is not', () => {
    expect(eventFrom(health('unknown', 'down'), new FleetMemory())?.kind).toBe('backend_down')
    expect(eventFrom(health('unknown', 'up'), new FleetMemory())).toBeNull()
  })

  test('a pause of the probes is not told: the operator who caused it is', () => {
    expect(eventFrom(health('up', 'unknown'), new FleetMemory())).toBeNull()
  })

  test('the end of a slow start is told without excitement', () => {
    expect(eventFrom(health('slow_start', 'up'), new FleetMemory())).toMatchObject({
      kind: 'backend_up',
      severity: 'info'
    })
  })

  test('a backend that serves again after maintenance is told', () => {
    const memory = new FleetMemory()
    const events = [admin('ready', 'maint'), health('up', 'unknown'), admin('maint', 'ready')]
    expect(after(memory, ...events, health('unknown', 'up'))).toMatchObject({
      kind: 'backend_up',
      severity: 'notice'
    })
  })

  test('after a death of the engine its first word about a missed backend is told', () => {
    const memory = new FleetMemory()
    const died = { kind: 'engine_died', reason: 'Killed.', restartInMs: 250 } as const
    expect(after(memory, health('up', 'down'), died, health('unknown', 'up'))?.kind).toBe(
      'backend_up'
    )
  })

  test.each(['drain', 'maint'] as const)('a backend in %s that goes down costs nothing', (to) => {
    const body = after(new FleetMemory(), admin('ready', to), health('up', 'down'))
    expect(body).toMatchObject({ severity: 'notice', capacity: { lost: [], back: [] } })
  })
})

describe('the operator', () => {
  test('who takes a backend out loses nothing by it, and it is no longer missed', () => {
    const body = after(new FleetMemory(), health('up', 'down'), admin('ready', 'maint'))
    expect(body).toMatchObject({
      ...{ kind: 'admin', severity: 'notice', actor: 'operator' },
      capacity: { lost: [], back: [backend] }
    })
  })

  test('who wants a backend back that is down misses it again', () => {
    const events = [admin('ready', 'drain'), health('up', 'down'), admin('drain', 'ready')]
    expect(after(new FleetMemory(), ...events)?.capacity).toEqual({ lost: [backend], back: [] })
  })

  test('is not told what an engine that starts anew has kept', () => {
    const memory = new FleetMemory()
    expect(after(memory, admin('ready', 'maint'))).not.toBeNull()
    expect(after(memory, admin('ready', 'maint'))).toBeNull()
  })

  test('who drains the last primary has caused the failover', () => {
    const memory = new FleetMemory()
    memory.take(fleet({ address: 'a:1' }, { address: 'b:1', level: 1 }))
    expect(after(memory, admin('ready', 'drain'), level(0, 1))).toMatchObject({
      ...{ kind: 'failover', actor: 'operator', capacity: { lost: [], back: [] } }
    })
  })

  test('who gives the last primary weight 0 has caused it too', () => {
    const memory = new FleetMemory()
    memory.take(fleet({ address: 'a:1' }, { address: 'b:1', level: 1 }))
    const weight = engineEvent({ kind: 'backend_weight', ...place, from: 1, to: 0, reason: 'x' })
    expect(after(memory, weight)).toMatchObject({ kind: 'weight', actor: 'operator' })
    expect(after(memory, level(0, 1))?.capacity?.lost).toEqual([])
  })

  test('who takes all backends out has taken the pool out', () => {
    const memory = new FleetMemory()
    memory.take(fleet({ address: 'a:1' }))
    expect(after(memory, admin('ready', 'maint'), availability(false))).toMatchObject({
      ...{ kind: 'pool_lost', severity: 'critical', actor: 'operator' },
      capacity: { lost: [], back: [] }
    })
  })
})

describe('pools', () => {
  test('a failover because primaries are down loses them, and ends with their return', () => {
    const memory = new FleetMemory()
    memory.take(fleet({ address: 'a:1' }, { address: 'b:1', level: 1 }))
    const primaries = { kind: 'primaries', pool: 'api' }
    expect(after(memory, health('up', 'down'), level(0, 1))).toMatchObject({
      ...{ severity: 'warning', actor: 'probe', capacity: { lost: [primaries], back: [] } }
    })
    expect(after(memory, level(1, 0))).toMatchObject({
      ...{ severity: 'notice', capacity: { lost: [], back: [primaries] } }
    })
  })

  test('primaries whose share only begins to grow are not back yet', () => {
    const primaries = { kind: 'primaries', pool: 'api' }
    const memory = new FleetMemory()
    memory.take(fleet({ address: 'a:1' }, { address: 'b:1', level: 1 }))
    after(memory, health('up', 'down'), level(0, 1), health('down', 'up'))
    expect(after(memory, step(1, 1, 'recovering'))).toMatchObject({
      ...{ severity: 'notice', capacity: { lost: [], back: [] } }
    })
    expect(after(memory, step(1, 0, 'recovering'))?.capacity?.back).toEqual([])
    expect(after(memory, step(0, 0, 'normal'))?.capacity?.back).toEqual([primaries])
  })

  test('an operator who activates a failover loses nothing by it', () => {
    const memory = new FleetMemory()
    memory.take(fleet({ address: 'a:1' }, { address: 'b:1', level: 1 }))
    expect(after(memory, health('up', 'down'), step(0, 1, 'latched', true))).toMatchObject({
      ...{ severity: 'warning', actor: 'operator', capacity: { lost: [], back: [] } }
    })
  })

  test('a backup that goes down beside a drained primary is not why the primaries were left', () => {
    const memory = new FleetMemory()
    const backups = [
      { level: 1, address: 'b:1' },
      { level: 2, address: 'c:1' }
    ]
    memory.take(fleet({ address: 'a:1', adminState: 'drain' }, ...backups))
    expect(after(memory, health('up', 'down', 'c:1'), level(0, 1))?.capacity?.lost).toEqual([])
  })

  test('a pool without a backend left is lost, and won with its first', () => {
    const pool = { kind: 'pool', pool: 'api' }
    const memory = new FleetMemory()
    expect(after(memory, health('up', 'down'), availability(false))).toMatchObject({
      ...{ kind: 'pool_lost', severity: 'critical', actor: 'probe' },
      capacity: { lost: [pool], back: [] }
    })
    expect(after(memory, availability(true))).toMatchObject({
      ...{ kind: 'pool_back', severity: 'notice', capacity: { lost: [], back: [pool] } }
    })
  })

  test('a pool that never had a backend has lost none', () => {
    const memory = new FleetMemory()
    memory.take(fleet())
    expect(after(memory, availability(false))?.capacity?.lost).toEqual([])
  })
})

describe('the rest', () => {
  const refused = { kind: 'configuration', outcome: 'refused', code: 'CONFIG_INVALID' } as const
  const listener = { kind: 'listener', listener: 'web' } as const
  const resolution = { kind: 'resolution', ...place, addresses: ['10.0.0.9'] } as const

  test.each<[EngineEventBody, Partial<EventBody>]>([
    [
      { kind: 'configuration', outcome: 'loaded', code: null, reason: '1 listener' },
      { kind: 'config', severity: 'info', text: 'The configuration is in force: 1 listener.' }
    ],
    [
      { ...refused, reason: 'Line 3.' },
      {
        ...{ kind: 'config', severity: 'warning', code: 'CONFIG_INVALID' },
        text: 'The configuration was refused, what ran before stays: Line 3.'
      }
    ],
    [
      { ...listener, outcome: 'opened', code: null, reason: '127.0.0.1:80.' },
      { kind: 'listener', severity: 'info', text: 'Listener web is open: 127.0.0.1:80.' }
    ],
    [
      { ...listener, outcome: 'closed', code: null, reason: 'Removed.' },
      { kind: 'listener', severity: 'info', text: 'Listener web is closed: Removed.' }
    ],
    [
      { ...listener, outcome: 'failed', code: 'PORT_IN_USE', reason: 'Taken.' },
      { kind: 'listener', severity: 'critical', code: 'PORT_IN_USE' }
    ],
    [
      { ...resolution, error: 'SERVFAIL' },
      { kind: 'resolution', severity: 'warning', ...place }
    ],
    [
      { ...resolution, error: null },
      { kind: 'resolution', severity: 'info' }
    ],
    [
      { kind: 'fault', code: 'INTERNAL', reason: 'It broke' },
      {
        ...{ kind: 'fault', severity: 'warning', actor: 'engine', code: 'INTERNAL' },
        text: 'It broke. Report it with the log line.'
      }
    ]
  ])('%o', (body, expected) => {
    expect(eventFrom(engineEvent(body), new FleetMemory())).toMatchObject(expected)
  })

  test('a death of the engine loses it, its restart wins it', () => {
    const died = { kind: 'engine_died', reason: 'It was killed', restartInMs: 4000 } as const
    expect(eventFrom(died, new FleetMemory())).toEqual({
      ...{ kind: 'engine', severity: 'critical', actor: 'engine', code: 'ENGINE_DIED' },
      text: 'It was killed. No traffic is served; it is started again in 4 s.',
      capacity: { lost: [{ kind: 'engine' }], back: [] }
    })
    expect(eventFrom({ kind: 'engine_restarted', pid: 7 }, new FleetMemory())).toMatchObject({
      ...{ kind: 'engine', severity: 'notice', text: 'The engine serves again (process 7).' },
      capacity: { lost: [], back: [{ kind: 'engine' }] }
    })
  })

  test('faults around the engine have their code', () => {
    const fault = { code: 'STATE_UNUSABLE', reason: 'Full.' } as const
    expect(eventFrom({ kind: 'engine_fault', fault }, new FleetMemory())).toMatchObject({
      ...{ kind: 'fault', code: 'STATE_UNUSABLE' }
    })
    const violation = { kind: 'protocol_violation', reason: 'Odd.' } as const
    expect(eventFrom(violation, new FleetMemory())?.code).toBe('PROTOCOL_VIOLATION')
  })

  test('what comes four times a second is no event', () => {
    expect(eventFrom({ kind: 'fleet', fleet: fleet() }, new FleetMemory())).toBeNull()
  })
})
