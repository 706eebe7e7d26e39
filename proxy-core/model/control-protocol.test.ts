/** Contract: a control message is taken only if it is exactly one of the union of its direction. */
import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import {
  fromEngineSchema,
  toEngineSchema,
  type FromEngine,
  type ToEngine
} from './control-protocol.ts'
import { engineEventSchema } from './engine-event-schema.ts'
import type { EngineEvent } from './engine-event.ts'
import { ERROR_CATALOGUE } from './error-catalogue.ts'

const TO_ENGINE: readonly ToEngine[] = [
  { kind: 'start', version: '1.0.0', stateDirectory: '/state', adminToken: 't' },
  { kind: 'start', version: '1.0.0', stateDirectory: null, adminToken: 't' },
  { kind: 'load', id: 1, document: { pools: [] }, baseDir: '/etc', file: 'a.yaml' },
  {
    kind: 'command',
    id: 2,
    command: {
      name: 'set_admin_state',
      pool: 'api',
      backend: 'a:80',
      state: 'maint',
      reason: 'disk'
    }
  },
  {
    kind: 'command',
    id: 3,
    command: { name: 'set_weight', pool: 'api', backend: 'a:80', weight: null, reason: 'reset' }
  },
  {
    kind: 'command',
    id: 3,
    command: {
      name: 'activate_failover',
      pool: 'api',
      activation: { level: null, isForced: false, reason: 'disks' }
    }
  },
  { kind: 'command', id: 3, command: { name: 'deactivate_failover', pool: 'api', reason: 'r' } },
  {
    kind: 'ask',
    id: 3,
    question: {
      name: 'failover_preview',
      pool: 'api',
      activation: { level: 1, isForced: true, reason: 'disks' }
    }
  },
  { kind: 'snapshot', id: 4 },
  { kind: 'reopen_logs' },
  { kind: 'stop', mode: 'drain' },
  { kind: 'stop', mode: 'cut' }
]

const HEALTH_EVENT: EngineEvent = {
  seq: 1,
  atMs: 1000,
  kind: 'backend_health',
  pool: 'api',
  backend: 'a:80',
  from: 'up',
  to: 'down',
  reason: 'three probes failed',
  evidence: [
    { atMs: 1, durationMs: 2, hasPassed: false, code: 'L4CON', status: null, detail: 'refused' }
  ]
}

const FROM_ENGINE: readonly FromEngine[] = [
  { kind: 'ready', protocol: 1, pid: 7 },
  {
    kind: 'loaded',
    id: 1,
    listeners: [{ name: 'web', address: '127.0.0.1:80', scheme: 'http', isOpen: true }],
    admin: null
  },
  {
    kind: 'loaded',
    id: 1,
    listeners: [],
    admin: { address: '127.0.0.1:9443', scheme: 'https', certificateFile: '/etc/site.pem' }
  },
  {
    kind: 'answer',
    id: 1,
    answer: {
      name: 'failover_preview',
      preview: { pool: 'api', fromLevel: 0, toLevel: null, steps: [], warnings: [], standby: [] }
    }
  },
  {
    kind: 'refused',
    id: 1,
    code: 'CONFIG_INVALID',
    reason: 'No.',
    problems: [{ path: 'pools[0]', message: 'No.' }]
  },
  { kind: 'result', id: 2, error: null },
  { kind: 'result', id: 2, error: { code: 'POOL_UNKNOWN', message: 'No such pool.' } },
  { kind: 'event', event: HEALTH_EVENT },
  { kind: 'fault', code: 'INTERNAL', reason: 'An error.' },
  { kind: 'stopped', finished: 3, cut: 1 },
  { kind: 'fatal', code: 'INTERNAL', message: 'An error.' }
]

test.each(TO_ENGINE)('the engine takes $kind as it was sent', (message) => {
  expect(toEngineSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message)
})

test.each(FROM_ENGINE)('the parent takes $kind as it was sent', (message) => {
  expect(fromEngineSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message)
})

test('a message with a member that the schema does not know is refused', () => {
  for (const message of TO_ENGINE) {
    expect(toEngineSchema.safeParse({ ...message, surplus: 1 }).success).toBe(false)
  }
  for (const message of FROM_ENGINE) {
    expect(fromEngineSchema.safeParse({ ...message, surplus: 1 }).success).toBe(false)
  }
})

test('a message that lacks any of its members is refused', () => {
  const lacking = (message: object): object[] =>
    Object.keys(message)
      // The configuration's own schema decides about a document, also about none.
      .filter((key) => key !== 'document')
      .map((key) => Object.fromEntries(Object.entries(message).filter(([name]) => name !== key)))
  for (const message of TO_ENGINE.flatMap(lacking)) {
    expect(toEngineSchema.safeParse(message).success, JSON.stringify(message)).toBe(false)
  }
  for (const message of FROM_ENGINE.flatMap(lacking)) {
    expect(fromEngineSchema.safeParse(message).success, JSON.stringify(message)).toBe(false)
  }
})

test('no direction takes the messages of the other', () => {
  for (const message of TO_ENGINE) expect(fromEngineSchema.safeParse(message).success).toBe(false)
  for (const message of FROM_ENGINE) expect(toEngineSchema.safeParse(message).success).toBe(false)
})

test('anything else is refused without an exception', () => {
  fc.assert(
    fc.property(fc.anything(), (junk) => {
      expect(toEngineSchema.safeParse(junk).success).toBe(false)
      expect(fromEngineSchema.safeParse(junk).success).toBe(false)
    })
  )
})

test('an error code outside the catalogue is refused', () => {
  const withCode = (code: string): unknown => ({ kind: 'fatal', code, message: 'An error.' })
  expect(fromEngineSchema.safeParse(withCode('MADE_UP')).success).toBe(false)
  for (const code of Object.keys(ERROR_CATALOGUE)) {
    expect(fromEngineSchema.safeParse(withCode(code)).success).toBe(true)
  }
})

test('an administrative state or an identifier out of range is refused', () => {
  const command = { name: 'set_admin_state', pool: 'p', backend: 'b', reason: '' }
  const withState = (state: string): unknown => ({
    kind: 'command',
    id: 1,
    command: { ...command, state }
  })
  expect(toEngineSchema.safeParse(withState('drain')).success).toBe(true)
  expect(toEngineSchema.safeParse(withState('gone')).success).toBe(false)
  expect(toEngineSchema.safeParse({ kind: 'snapshot', id: -1 }).success).toBe(false)
  expect(toEngineSchema.safeParse({ kind: 'snapshot', id: 1.5 }).success).toBe(false)
})

test('the schema of events knows every kind of event', () => {
  const bodies: Record<EngineEvent['kind'], object> = {
    backend_health: HEALTH_EVENT,
    backend_admin: { pool: 'p', backend: 'b', from: 'ready', to: 'drain', reason: 'r' },
    backend_weight: { pool: 'p', backend: 'b', from: 1, to: 2, reason: 'r' },
    pool_availability: { pool: 'p', isAvailable: false, doRequestsWait: false, reason: 'r' },
    failover: {
      ...{ pool: 'p', from: 'normal', to: 'active', fromLevel: 0, toLevel: 1 },
      ...{ isManual: false, reason: 'r' }
    },
    pool_hold: { pool: 'p', isHeld: true, untilMs: 1, reason: 'r' },
    backend_ejection: { pool: 'p', backend: 'b', isEjected: true, durationMs: 5, reason: 'r' },
    backend_circuit: { pool: 'p', backend: 'b', from: 'closed', to: 'half_open', reason: 'r' },
    configuration: { outcome: 'loaded', code: null, reason: 'r' },
    listener: { listener: 'web', outcome: 'failed', code: 'PORT_IN_USE', reason: 'r' },
    resolution: { pool: 'p', backend: 'b', addresses: ['127.0.0.1'], error: null },
    store: { outcome: 'dead_letter', route: 'orders', count: 1, reason: 'r' },
    fault: { code: 'INTERNAL', reason: 'r' }
  }
  for (const [kind, body] of Object.entries(bodies)) {
    const event = { seq: 1, atMs: 1, ...body, kind }
    expect(engineEventSchema.safeParse(event).success, kind).toBe(true)
  }
  expectTypeOf<ReturnType<typeof engineEventSchema.parse>>().toEqualTypeOf<EngineEvent>()
})
