/**
 * Contract: one or two sentences say whether users are served, by whom, and what is wrong since
 * when, worst first; the counts and the short form agree with them.
 */
import { expect, test } from 'vitest'
import type { Fleet } from '../../../proxy-core/model/engine-telemetry.ts'
import type { EngineStatus } from '../../../preload/contract/live-state.ts'
import type { Verdict } from '../../../preload/contract/status.ts'
import { NO_ENGINE } from '../engine/no-engine.ts'
import type { ErrorRise } from './error-watch.ts'
import type { Waiting } from './hold-watch.ts'
import { judgePool } from './pool-status.ts'
import {
  backend,
  down,
  EPOCH_MS,
  fleetOf,
  HOLDING,
  pool,
  TWO_LEVELS
} from './testing/fleet-double.ts'
import { verdictOf, type VerdictFacts } from './verdict.ts'
import type { LocalTime } from './wording.ts'

const MINUTE_MS = 60_000
const RUNNING: EngineStatus = { ...NO_ENGINE, phase: 'running', pid: 7, startedAtMs: EPOCH_MS }
/** Four minutes after everything changed. */
const NOW_MS = EPOCH_MS + 4 * MINUTE_MS

interface Situation {
  readonly fleet?: Fleet | null
  readonly engine?: EngineStatus
  readonly errors?: Readonly<Record<string, ErrorRise>>
  readonly waits?: Readonly<Record<string, Waiting>>
  readonly facts?: Partial<VerdictFacts>
}

const time: LocalTime = (atMs) => new Date(atMs).toISOString().slice(11, 16)

function judge({
  fleet = null,
  engine = RUNNING,
  errors = {},
  waits = {},
  facts = {}
}: Situation): Verdict {
  const pools = (fleet?.pools ?? []).map((one) => {
    const rise = errors[one.name] ?? null
    const waiting = waits[one.name] ?? null
    const judged = judgePool({
      ...{ pool: one, errors: rise, waiting, time, isStale: false },
      isReady: fleet?.isReady ?? false
    })
    return { facts: one, status: judged.status, errors: rise, waiting }
  })
  return verdictOf({
    engine,
    heardAtMs: EPOCH_MS,
    fleet,
    pools,
    adminUntilMs: () => null,
    nowMs: NOW_MS,
    time,
    ...facts
  })
}

const four = (...others: Parameters<typeof pool>[1]): Fleet =>
  fleetOf([pool('api', [backend('10.0.0.1:80'), backend('10.0.0.3:80'), ...others])])

const KERNEL = { untilMs: EPOCH_MS + 134 * MINUTE_MS, reason: 'ana: new kernel' }

interface Row {
  readonly name: string
  readonly situation: Situation
  readonly status: Verdict['status']
  readonly sentence: string
  readonly short: string
}

const ROWS: readonly Row[] = [
  {
    name: 'nothing is open',
    situation: { engine: NO_ENGINE },
    status: 'idle',
    sentence: 'Nothing runs yet. Open a configuration file or try the demo.',
    short: 'idle'
  },
  {
    name: 'the engine starts',
    situation: { engine: { ...NO_ENGINE, phase: 'starting' } },
    status: 'unknown',
    sentence: 'Starting. The engine is launched and loads its configuration.',
    short: 'starting'
  },
  {
    name: 'requests wait for a lost level',
    situation: {
      fleet: fleetOf([
        {
          ...pool('api', [down('10.0.0.1:80'), backend('10.0.0.2:80', { level: 1 })]),
          activeLevel: -1,
          failover: { ...TWO_LEVELS, phase: 'pending', isWaiting: true }
        }
      ])
    },
    status: 'degraded',
    sentence:
      'Requests wait. 1 of 2 backends healthy; 10.0.0.1:80 is down since 00:00 (4 m), requests wait for level 0.',
    short: 'api 1/2'
  },
  {
    name: 'the engine is silent',
    situation: { engine: { ...RUNNING, phase: 'silent' }, fleet: four() },
    status: 'unknown',
    sentence:
      'No word from the engine since 00:00. It runs but does not report; the states shown are its last.',
    short: 'no word'
  },
  {
    name: 'the engine died and comes back at once',
    situation: {
      engine: {
        ...NO_ENGINE,
        phase: 'restarting',
        restarts: 1,
        reason: 'The engine process was ended by SIGKILL.',
        restartAtMs: NOW_MS + 250
      }
    },
    status: 'down',
    sentence: 'Not serving. The engine process was ended by SIGKILL. It is being restarted.',
    short: 'restarting'
  },
  {
    name: 'the engine keeps dying',
    situation: {
      engine: {
        ...NO_ENGINE,
        phase: 'restarting',
        restarts: 9,
        reason: 'The engine process ended with code 70.',
        restartAtMs: NOW_MS + MINUTE_MS
      }
    },
    status: 'down',
    sentence: 'Not serving. The engine process ended with code 70. The next start is at 00:05.',
    short: 'restarting'
  },
  {
    name: 'the engine could not be started',
    situation: { engine: { ...NO_ENGINE, phase: 'stopped', reason: '127.0.0.1:80 is in use' } },
    status: 'down',
    sentence: 'Not serving. 127.0.0.1:80 is in use.',
    short: 'stopped'
  },
  {
    name: 'the engine has not reported yet',
    situation: {},
    status: 'unknown',
    sentence: 'Starting. The engine has not reported yet.',
    short: 'starting'
  },
  {
    name: 'the first probes run',
    situation: { fleet: fleetOf([pool('api', [backend('a')])], { isReady: false }) },
    status: 'unknown',
    sentence: 'Starting. The backends are probed first, then the listeners open.',
    short: 'starting'
  },
  {
    name: 'the engine stops',
    situation: { fleet: fleetOf([pool('api', [backend('a')])], { isStopping: true }) },
    status: 'idle',
    sentence: 'Stopping. No new connections; running exchanges may finish.',
    short: 'stopping'
  },
  {
    name: 'there is no listener',
    situation: { fleet: fleetOf([pool('api', [backend('a')])], { listeners: [] }) },
    status: 'idle',
    sentence: 'Nothing to serve. The configuration has no listener.',
    short: 'idle'
  },
  {
    name: 'no route leads anywhere',
    situation: { fleet: fleetOf([pool('api', [backend('a')])], { routes: [] }) },
    status: 'idle',
    sentence: 'Nothing to serve. No route leads to a pool.',
    short: 'idle'
  },
  {
    name: 'the pools are empty',
    situation: { fleet: fleetOf([pool('api', [])]) },
    status: 'idle',
    sentence: 'Nothing to serve. No pool has a backend yet, so every request gets a 503.',
    short: 'idle'
  },
  {
    name: 'all is well in one pool',
    situation: { fleet: four() },
    status: 'serving',
    sentence: 'Serving. 2 of 2 backends healthy.',
    short: 'api 2/2'
  },
  {
    name: 'all is well in two pools',
    situation: {
      fleet: fleetOf([pool('api', [backend('a')]), pool('web', [backend('b'), backend('c')])])
    },
    status: 'serving',
    sentence: 'Serving. 3 of 3 backends in 2 pools healthy.',
    short: '3/3 serving'
  },
  {
    name: 'nothing is checked',
    situation: { fleet: fleetOf([pool('api', [backend('a', { hasHealthCheck: false })])]) },
    status: 'serving',
    sentence: 'Serving. 1 backend in use, without health checks.',
    short: 'api 1/1'
  },
  {
    name: 'one of three is down',
    situation: { fleet: four(down('10.0.0.2:80')) },
    status: 'degraded',
    sentence:
      'Serving. 2 of 3 backends healthy; 10.0.0.2:80 is down since 00:00 (4 m), ' +
      'traffic moved to 10.0.0.1:80 and 10.0.0.3:80.',
    short: 'api 2/3'
  },
  {
    name: 'three of five are down',
    situation: { fleet: four(down('c'), down('d'), down('e')) },
    status: 'degraded',
    sentence:
      'Serving. 2 of 5 backends healthy; 3 backends are down since 00:00 (4 m), ' +
      'traffic moved to 10.0.0.1:80 and 10.0.0.3:80.',
    short: 'api 2/5'
  },
  {
    name: 'a new one has not passed a probe',
    situation: { fleet: four(backend('n', { health: 'unknown' })) },
    status: 'degraded',
    sentence:
      'Serving. 2 of 3 backends healthy; n is waiting for a passed probe since 00:00 (4 m).',
    short: 'api 2/3'
  },
  {
    name: 'a backup serves',
    situation: {
      fleet: fleetOf([pool('api', [down('a'), down('b'), backend('c', { level: 1 })])])
    },
    status: 'degraded',
    sentence:
      'Serving from backup. 1 of 3 backends healthy; no primary can serve since 00:00 (4 m), ' +
      'c (backup level 1) has taken over.',
    short: 'api 1/3'
  },
  {
    name: 'a backup is down while primaries serve',
    situation: { fleet: four(down('b1', { level: 1 })) },
    status: 'serving',
    sentence: 'Serving. 2 of 3 backends healthy; backup b1 is down since 00:00 (4 m).',
    short: 'api 2/3'
  },
  {
    name: 'nobody can serve',
    situation: { fleet: fleetOf([pool('api', [down('a'), down('b')])]) },
    status: 'down',
    sentence: 'Not serving. Nobody can serve api since 00:00 (4 m): both are down.',
    short: 'api 0/2'
  },
  {
    name: 'nobody can serve a pool whose requests wait',
    situation: {
      fleet: fleetOf([{ ...pool('api', [down('a')]), hold: HOLDING }]),
      waits: { api: { held: 214, oldestMs: 4_000, lost: 0 } }
    },
    status: 'degraded',
    sentence:
      'Requests wait. 214 of 1000 places are taken, the first has waited 4 s; ' +
      'nobody can serve api since 00:00 (4 m): its only backend is down.',
    short: 'api 0/1'
  },
  {
    name: 'requests wait and some did so in vain',
    situation: {
      fleet: fleetOf([{ ...pool('api', [down('a')]), hold: HOLDING }]),
      waits: { api: { held: 1000, oldestMs: 29_000, lost: 12 } }
    },
    status: 'down',
    sentence:
      'Not serving. Nobody can serve api since 00:00 (4 m): its only backend is down; ' +
      '12 requests to api had no place or waited too long in the last 10 s; 1 more problem below.',
    short: 'api 0/1'
  },
  {
    name: 'an operator holds the requests of one of two pools',
    situation: {
      fleet: fleetOf([
        { ...pool('api', [backend('a')]), hold: { ...HOLDING, operator: KERNEL } },
        pool('web', [backend('b')])
      ]),
      waits: { api: { held: 1, oldestMs: 400, lost: 0 } }
    },
    status: 'degraded',
    sentence:
      'Some requests wait. 2 of 2 backends in 2 pools healthy; ' +
      'an operator holds the requests to api until 02:14: ana: new kernel; ' +
      '1 of 1000 places in api is taken, the first has waited <1 s.',
    short: 'api 1/1'
  },
  {
    name: 'one of two pools cannot serve',
    situation: { fleet: fleetOf([pool('api', [down('a')]), pool('web', [backend('b')])]) },
    status: 'down',
    sentence:
      'Partly down. 1 of 2 backends in 2 pools healthy; ' +
      'nobody can serve api since 00:00 (4 m): its only backend is down.',
    short: 'api 0/1'
  },
  {
    name: 'a pool that no route leads to is down',
    situation: {
      fleet: fleetOf([pool('api', [backend('a')]), pool('old', [down('b')])], {
        routes: [{ name: 'all', host: null, pathPrefix: '/', pool: 'api' }]
      })
    },
    status: 'serving',
    sentence: 'Serving. 1 of 1 backend healthy.',
    short: 'api 1/1'
  },
  {
    name: 'requests fail although all are healthy',
    situation: { fleet: four(), errors: { api: { share: 0.3, sinceMs: EPOCH_MS + MINUTE_MS } } },
    status: 'degraded',
    sentence:
      'Serving with errors. 2 of 2 backends healthy; ' +
      '30 % of the requests to api fail since 00:01 (3 m).',
    short: 'api 2/2'
  },
  {
    name: 'one is drained by hand',
    situation: { fleet: four(backend('c', { adminState: 'drain' })) },
    status: 'serving',
    sentence: 'Serving. 2 of 3 backends taking requests; c is being drained since 00:00 (4 m).',
    short: 'api 2/3'
  },
  {
    name: 'one is in maintenance until a time',
    situation: {
      fleet: four(backend('c', { adminState: 'maint' })),
      facts: { adminUntilMs: () => EPOCH_MS + 180 * MINUTE_MS }
    },
    status: 'serving',
    sentence: 'Serving. 2 of 2 backends healthy; c is in maintenance until 03:00.',
    short: 'api 2/2'
  },
  {
    name: 'the only listener is closed',
    situation: {
      fleet: fleetOf([pool('api', [backend('a')])], {
        listeners: [{ name: 'web', address: '127.0.0.1:80', scheme: 'http', isOpen: false }]
      })
    },
    status: 'down',
    sentence: 'Not serving. 1 of 1 backend healthy; listener web (127.0.0.1:80) is not open.',
    short: 'api 1/1'
  },
  {
    name: 'one of two listeners is closed',
    situation: {
      fleet: fleetOf([pool('api', [backend('a')])], {
        listeners: [
          { name: 'web', address: '127.0.0.1:80', scheme: 'http', isOpen: true },
          { name: 'tls', address: '127.0.0.1:443', scheme: 'https', isOpen: false }
        ]
      })
    },
    status: 'degraded',
    sentence: 'Serving. 1 of 1 backend healthy; listener tls (127.0.0.1:443) is not open.',
    short: 'api 1/1'
  }
]

test.each(ROWS)('when $name, it says so', ({ situation, status, sentence, short }) => {
  expect(judge(situation)).toMatchObject({ status, sentence, short })
})

test('tells the two worst problems and counts the rest', () => {
  const fleet = fleetOf([
    pool('api', [backend('a'), down('b'), backend('c', { adminState: 'drain' })]),
    pool('web', [down('d')]),
    pool('img', [backend('e'), down('f', { changedAtMs: EPOCH_MS + MINUTE_MS })])
  ])
  expect(judge({ fleet }).sentence).toBe(
    'Partly down. 2 of 6 backends in 3 pools taking requests; ' +
      'nobody can serve web since 00:00 (4 m): its only backend is down; ' +
      'b in api is down since 00:00 (4 m), traffic moved to a; 2 more problems below.'
  )
})

test('counts eligible backends, and all that are not in maintenance', () => {
  const fleet = four(down('c'), backend('d', { adminState: 'maint' }))
  expect(judge({ fleet })).toMatchObject({ servingBackends: 2, totalBackends: 3 })
})
