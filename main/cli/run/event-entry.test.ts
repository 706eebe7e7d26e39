/** Contract: every occurrence reads as a sentence with a level that fits, and errors say what to do. */
import { expect, test } from 'vitest'
import type { EngineEventBody } from '../../../proxy-core/model/engine-event.ts'
import type { HostEvent } from '../../engine-host/engine-host.ts'
import { entryOf } from './event-entry.ts'

function engineEvent(body: EngineEventBody): HostEvent {
  return { kind: 'engine_event', event: { ...body, seq: 1, atMs: 0 } }
}

const place = { pool: 'api', backend: '10.0.0.1:80' }

const ofStore = { kind: 'store', route: null, count: 1 } as const

const SENTENCES: readonly (readonly [EngineEventBody, string, string])[] = [
  [
    {
      kind: 'backend_health',
      ...place,
      from: 'up',
      to: 'down',
      reason: '3 probes failed.',
      evidence: []
    },
    'warning',
    'Pool api: 10.0.0.1:80 is down, was up (3 probes failed).'
  ],
  [
    { kind: 'backend_health', ...place, from: 'down', to: 'up', reason: '2 passed', evidence: [] },
    'info',
    'Pool api: 10.0.0.1:80 is up, was down (2 passed).'
  ],
  [
    { ...ofStore, outcome: 'dead_letter', route: 'orders', reason: 'the backend answered 400' },
    'warning',
    'A stored request of route orders cannot be delivered: it is a dead letter now (the backend answered 400).'
  ],
  [
    { ...ofStore, outcome: 'expired', route: 'orders', count: 7, reason: 'it was never tried' },
    'warning',
    '7 stored requests of route orders expired before they were delivered (the last one: it was never tried).'
  ],
  [
    { ...ofStore, outcome: 'refusing', reason: 'the buffer is full' },
    'error',
    'The buffer takes no requests (the buffer is full).'
  ],
  [
    { ...ofStore, outcome: 'accepting', reason: 'no request was refused for 10 seconds' },
    'info',
    'The buffer takes requests again (no request was refused for 10 seconds).'
  ],
  [
    { ...ofStore, outcome: 'repaired', reason: 'the end of a segment was torn' },
    'warning',
    'The buffer was not as it was left: the end of a segment was torn.'
  ],
  [
    { ...ofStore, outcome: 'disk_failed', reason: 'EIO' },
    'error',
    'The disk of the buffer failed: EIO.'
  ],
  [
    { kind: 'backend_admin', ...place, from: 'ready', to: 'maint', reason: 'disk swap' },
    'info',
    'Pool api: 10.0.0.1:80 was set from ready to maint (disk swap).'
  ],
  [
    { kind: 'backend_weight', ...place, from: 100, to: 0, reason: 'canary' },
    'info',
    'Pool api: 10.0.0.1:80 has weight 0, had 100 (canary).'
  ],
  [
    {
      kind: 'pool_availability',
      pool: 'api',
      isAvailable: false,
      doRequestsWait: false,
      reason: 'all down'
    },
    'error',
    'Pool api has no backend left, its requests fail (all down).'
  ],
  [
    {
      ...{ kind: 'pool_availability', pool: 'api', isAvailable: false, reason: 'all down' },
      doRequestsWait: true
    },
    'error',
    'Pool api has no backend left, its requests wait (all down).'
  ],
  [
    {
      kind: 'pool_availability',
      pool: 'api',
      isAvailable: true,
      doRequestsWait: false,
      reason: 'one is up'
    },
    'info',
    'Pool api serves again (one is up).'
  ],
  [
    {
      ...{ kind: 'failover', pool: 'api', from: 'normal', to: 'active', isManual: false },
      ...{ fromLevel: 0, toLevel: 1, reason: 'level 0 lost' }
    },
    'warning',
    'Pool api: the failover is active, was normal, traffic goes from the primaries to the backups of level 1 (level 0 lost).'
  ],
  [
    {
      ...{ kind: 'failover', pool: 'api', from: 'active', to: 'recovering', isManual: false },
      ...{ fromLevel: 1, toLevel: 1, reason: 'level 0 has 1 of 1 eligible backends' }
    },
    'info',
    'Pool api: the failover is recovering, was active, traffic stays with the backups of level 1 (level 0 has 1 of 1 eligible backends).'
  ],
  [
    {
      ...{ kind: 'failover', pool: 'api', from: 'recovering', to: 'recovering', isManual: false },
      ...{ fromLevel: 1, toLevel: 0, reason: 'healthy for 10s' }
    },
    'info',
    'Pool api: the failover is still recovering, traffic goes from the backups of level 1 to the primaries (healthy for 10s).'
  ],
  [
    {
      ...{ kind: 'backend_ejection', ...place, isEjected: true, durationMs: 10_000 },
      reason: '5 requests in a row failed'
    },
    'warning',
    'Pool api: 10.0.0.1:80 gets no requests for 10s (5 requests in a row failed).'
  ],
  [
    {
      ...{ kind: 'backend_ejection', ...place, isEjected: false, durationMs: 0 },
      reason: 'its ejection is over'
    },
    'info',
    'Pool api: 10.0.0.1:80 gets requests again (its ejection is over).'
  ],
  [
    { kind: 'backend_circuit', ...place, from: 'open', to: 'half_open', reason: 'time is over' },
    'info',
    'Pool api: the circuit of 10.0.0.1:80 is half open, was open (time is over).'
  ],
  [
    { kind: 'configuration', outcome: 'loaded', code: null, reason: '1 listener' },
    'info',
    'The configuration is in force: 1 listener.'
  ],
  [
    { kind: 'resolution', ...place, addresses: ['10.0.0.9'], error: null },
    'info',
    'Pool api: 10.0.0.1:80 resolves to 10.0.0.9.'
  ],
  [
    { kind: 'resolution', ...place, addresses: ['10.0.0.9'], error: 'SERVFAIL' },
    'warning',
    'Pool api: the name of 10.0.0.1:80 does not resolve (SERVFAIL); 10.0.0.9 stays in use.'
  ],
  [
    { kind: 'resolution', ...place, addresses: [], error: 'ENOTFOUND' },
    'warning',
    'Pool api: the name of 10.0.0.1:80 does not resolve (ENOTFOUND); it has no address.'
  ],
  [
    { kind: 'listener', listener: 'web', outcome: 'failed', code: 'PORT_IN_USE', reason: 'Taken.' },
    'error',
    'Taken. Stop that process (see `ss -ltnp`), or give the listener another port.'
  ],
  [
    { kind: 'listener', listener: 'web', outcome: 'closed', code: null, reason: 'Removed.' },
    'info',
    'Listener web is closed: Removed.'
  ],
  [
    { kind: 'fault', code: 'INTERNAL', reason: 'It broke' },
    'error',
    'It broke. Report it with the log line.'
  ],
  [{ kind: 'fault', code: 'A_NEW_CODE', reason: 'It broke' }, 'error', 'It broke.']
]

test.each(SENTENCES)('%o', (body, level, message) => {
  expect(entryOf(engineEvent(body))).toMatchObject({ level, message })
})

test('what the run command says better itself is not said twice', () => {
  const opened = {
    kind: 'listener',
    listener: 'web',
    outcome: 'opened',
    code: null,
    reason: ''
  } as const
  expect(entryOf(engineEvent(opened))).toBeNull()
  const refused = { kind: 'configuration', outcome: 'refused', code: null, reason: '' } as const
  expect(entryOf(engineEvent(refused))).toBeNull()
})

test('a dead engine is an error that says that traffic stands still and when it goes on', () => {
  const died = { kind: 'engine_died', reason: 'It was killed', restartInMs: 4000 } as const
  expect(entryOf(died)).toMatchObject({
    level: 'error',
    message: 'It was killed. No traffic is served; it is started again in 4 s.',
    details: { code: 'ENGINE_DIED' }
  })
  expect(entryOf({ kind: 'engine_restarted', pid: 7 })?.message).toBe(
    'The engine serves again (process 7).'
  )
})
