/** Invented fleets: what a screen has to bear, from nothing at all to a large outage. */
import type { ConsoleEvent } from '../../../preload/contract/console-event.ts'
import type {
  LiveBackend,
  LiveFleet,
  LiveHold,
  LivePool
} from '../../../preload/contract/live-state.ts'
import type { WorkspaceState } from '../../../preload/contract/workspace-state.ts'
import {
  aBackend,
  aFleet,
  anEvent,
  aPool,
  aVerdict,
  aWorkspace,
  someWaiting
} from '../live-payloads.ts'

export interface Scene {
  readonly fleet: LiveFleet
  readonly workspace: WorkspaceState
  readonly events: readonly ConsoleEvent[]
  /** Requests per second of all listeners together. */
  readonly rps: number
  /** Share of a backend's requests that fail, by address. */
  readonly errors: Readonly<Record<string, number>>
  /** Who waits in a pool, by its name. */
  readonly holds: Readonly<Record<string, LiveHold>>
}

const NOW = Date.now()
const MINUTE = 60_000

const ago = (ms: number): Partial<LiveBackend> => ({ changedAtMs: NOW - ms })

function down(address: string, given: Partial<LiveBackend> = {}): LiveBackend {
  return aBackend(address, {
    health: 'down',
    isEligible: false,
    status: 'down',
    statusWord: 'Down',
    statusReason: '3 of 3 probes failed; GET /health answered 503.',
    ...ago(4 * MINUTE + 12_000),
    ...given
  })
}

const standby = (address: string): LiveBackend =>
  aBackend(address, { level: 1, region: 'us-west', ...ago(70 * MINUTE) })

const DEMO = ['127.0.0.1:43101', '127.0.0.1:43102', '127.0.0.1:43103'] as const

function demoWorkspace(running: readonly boolean[]): WorkspaceState {
  return aWorkspace({
    kind: 'demo',
    name: 'demo',
    file: null,
    demo: {
      backends: DEMO.map((address, at) => ({
        name: `demo-${at + 1}`,
        address,
        isRunning: running[at] ?? true
      })),
      listenerUrl: 'http://127.0.0.1:8080/',
      rateRps: 50
    }
  })
}

const EVENTS: readonly ConsoleEvent[] = [
  anEvent(1, {
    atMs: NOW - 50 * MINUTE,
    kind: 'config',
    severity: 'notice',
    actor: 'operator',
    text: 'Opened the configuration.'
  }),
  anEvent(2, {
    atMs: NOW - 4 * MINUTE - 12_000,
    kind: 'backend_down',
    severity: 'warning',
    text: 'api: 10.0.0.2:80 is down; GET /health answered 503.'
  }),
  anEvent(3, {
    atMs: NOW - 2 * MINUTE,
    kind: 'admin',
    severity: 'notice',
    actor: 'operator',
    text: 'Draining 10.0.0.3:80 in api.'
  })
]

function shop(): Scene {
  const api: LivePool = {
    ...aPool('api', [
      aBackend('10.0.0.1:80', ago(3 * 60 * MINUTE)),
      down('10.0.0.2:80'),
      aBackend('10.0.0.3:80', { adminState: 'drain', isEligible: false, ...ago(2 * MINUTE) }),
      standby('10.0.1.1:80')
    ]),
    status: 'degraded',
    statusWord: 'Degraded',
    statusReason: '1 of 3 primaries takes traffic; 10.0.0.2:80 is down, 10.0.0.3:80 drains.'
  }
  const web = aPool('web', [
    aBackend('web-1.internal:8080', ago(9 * 60 * MINUTE)),
    aBackend('web-2.internal:8080', ago(MINUTE))
  ])
  return {
    fleet: aFleet({
      atMs: NOW,
      verdict: aVerdict({
        status: 'degraded',
        sentence:
          'Serving. 4 of 6 backends healthy; 10.0.0.2:80 is down since 02:14 (4m), its traffic moved to 10.0.0.1:80.',
        short: 'api 2/4',
        servingBackends: 4,
        totalBackends: 6
      }),
      listeners: [
        { name: 'web', address: '127.0.0.1:8080', scheme: 'http', isOpen: true },
        { name: 'secure', address: '127.0.0.1:8443', scheme: 'https', isOpen: true }
      ],
      routes: [
        { name: 'api', host: '*.example.test', pathPrefix: '/api', pool: 'api' },
        { name: 'web', host: null, pathPrefix: '/', pool: 'web' }
      ],
      pools: [api, web]
    }),
    workspace: aWorkspace(),
    events: EVENTS,
    rps: 1240,
    errors: { '10.0.0.1:80': 0.034 },
    holds: {}
  }
}

function demo(running: readonly boolean[]): Scene {
  const backends = DEMO.map((address, at) =>
    running[at] === false ? down(address, ago(8000)) : aBackend(address, ago(40_000))
  )
  const isWell = running.every(Boolean)
  return {
    fleet: aFleet({
      atMs: NOW,
      verdict: aVerdict(
        isWell
          ? {
              sentence: 'Serving. All 3 backends are healthy.',
              short: 'demo 3/3',
              servingBackends: 3,
              totalBackends: 3
            }
          : {
              status: 'degraded',
              sentence:
                'Serving. 2 of 3 backends healthy; demo-2 is down since 10:02 (8s), its traffic moved to demo-1 and demo-3.',
              short: 'demo 2/3',
              servingBackends: 2,
              totalBackends: 3
            }
      ),
      routes: [{ name: 'all', host: null, pathPrefix: '/', pool: 'demo' }],
      pools: [
        isWell
          ? aPool('demo', backends)
          : {
              ...aPool('demo', backends),
              status: 'degraded',
              statusWord: 'Degraded',
              statusReason: '2 of 3 backends take traffic.'
            }
      ]
    }),
    workspace: demoWorkspace(running),
    events: isWell
      ? []
      : [anEvent(1, { atMs: NOW - 8000, text: 'demo: demo-2 is down; connection refused.' })],
    rps: 50,
    errors: {},
    holds: {}
  }
}

function large(): Scene {
  const pools = Array.from({ length: 6 }, (_, pool) =>
    aPool(
      `service-${pool + 1}`,
      Array.from({ length: 8 }, (_one, at) =>
        pool === 2 && at < 3
          ? down(`10.${pool}.0.${at}:8080`)
          : aBackend(`10.${pool}.0.${at}:8080`, ago(at * MINUTE))
      )
    )
  )
  return {
    fleet: aFleet({
      atMs: NOW,
      verdict: aVerdict({
        status: 'degraded',
        sentence: 'Serving. 45 of 48 backends healthy; 3 in service-3 are down.',
        servingBackends: 45,
        totalBackends: 48
      }),
      routes: pools.map(({ name }) => ({ name, host: null, pathPrefix: `/${name}`, pool: name })),
      pools
    }),
    workspace: aWorkspace({ environment: 'prod' }),
    events: EVENTS,
    rps: 10_400,
    errors: { '10.1.0.4:8080': 0.4 },
    holds: {}
  }
}

function outage(): Scene {
  const { fleet, ...rest } = shop()
  const pools = fleet.pools.map((pool) => ({
    ...pool,
    status: 'down' as const,
    statusWord: 'Down',
    statusReason: 'No backend is eligible.',
    backends: pool.backends.map(({ address }) => down(address, ago(20_000)))
  }))
  return {
    ...rest,
    fleet: {
      ...fleet,
      pools,
      verdict: aVerdict({
        status: 'down',
        sentence: 'Nobody is served: every backend of api and web is down for 20s.',
        servingBackends: 0,
        totalBackends: 6
      })
    },
    rps: 0
  }
}

function nothing(workspace: Partial<WorkspaceState>): Scene {
  return {
    fleet: aFleet({
      listeners: [],
      routes: [],
      pools: [],
      verdict: aVerdict({
        status: 'idle',
        sentence: 'Nothing is configured to serve.',
        servingBackends: 0,
        totalBackends: 0
      })
    }),
    workspace: aWorkspace({
      kind: 'none',
      name: '',
      file: null,
      runningHash: null,
      diskHash: null,
      ...workspace
    }),
    events: [],
    rps: 0,
    errors: {},
    holds: {}
  }
}

const REFUSED: Partial<WorkspaceState> = {
  kind: 'file',
  name: 'edge.yaml',
  file: '/etc/switchyard/edge.yaml',
  problems: [
    {
      severity: 'error',
      line: 12,
      column: 5,
      path: 'pools[0].algoritm',
      message: 'There is no option "algoritm" here.',
      suggestion: 'algorithm'
    },
    {
      severity: 'error',
      line: 31,
      column: 17,
      path: 'routes[1].pool',
      message: 'There is no pool "apii".',
      suggestion: 'api'
    },
    {
      severity: 'warning',
      line: 40,
      column: 3,
      path: 'pools[1]',
      message: 'The pool has no backends and answers 503.',
      suggestion: null
    }
  ]
}

/** Nobody serves one pool, and its requests wait; an operator holds those of another. */
function held(): Scene {
  const operator = { untilMs: NOW + 134_000, reason: 'operator (browser): new kernel' }
  const line = (name: string): LivePool['hold'] => ({
    ...{ maxRequests: 1000, maxBytes: 100_000_000, timeoutMs: 30_000, operator: null },
    routes: [{ name, timeoutMs: 30_000 }],
    fallback: null
  })
  const wait = 'degraded' as const
  const api: LivePool = {
    ...aPool('api', [down('10.0.0.1:80'), down('10.0.0.2:80')]),
    ...{ activeLevel: -1, status: wait, statusWord: 'Requests wait', hold: line('api') },
    statusReason:
      'Nobody can serve: both are down. 214 of 1000 places are taken, the first has waited 4 s.'
  }
  const web: LivePool = {
    ...aPool('web', [aBackend('10.1.0.1:80')]),
    ...{ status: wait, statusWord: 'Held by an operator', hold: { ...line('web')!, operator } },
    statusReason:
      'An operator holds its requests until 02:14: new kernel. 930 of 1000 places are taken, the first has waited 12 s.'
  }
  return {
    fleet: aFleet({
      pools: [api, web],
      routes: [
        { name: 'api', host: null, pathPrefix: '/api', pool: 'api' },
        { name: 'web', host: null, pathPrefix: '/', pool: 'web' }
      ],
      verdict: aVerdict({
        status: 'degraded',
        sentence:
          'Requests wait. 1 of 3 backends in 2 pools healthy; an operator holds the requests to web until 02:14: new kernel; 214 of 1000 places in api are taken, the first has waited 4 s; 2 more problems below.',
        short: 'api 0/2'
      })
    }),
    workspace: aWorkspace(),
    events: EVENTS,
    rps: 80,
    errors: {},
    holds: {
      api: someWaiting({ waitedAtMs: NOW }),
      web: someWaiting({ held: 930, oldestMs: 12_400, outlook: { kind: 'operator' } })
    }
  }
}

/** Requests may wait, and nobody does. */
function ready(): Scene {
  const scene = held()
  const [api, web] = scene.fleet.pools
  const hold = { ...web!.hold!, operator: null }
  const pools = [
    { ...api!, hold: null },
    { ...aPool('web', [aBackend('10.1.0.1:80')]), hold }
  ]
  const nobody = someWaiting({ held: 0, bytes: 0, oldestMs: null, outlook: { kind: 'empty' } })
  return {
    ...scene,
    fleet: { ...scene.fleet, pools, verdict: aVerdict() },
    holds: { web: { ...nobody, waitedAtMs: null } }
  }
}

const SCENES: Readonly<Record<string, () => Scene>> = {
  demo: () => demo([true, true, true]),
  killed: () => demo([true, false, true]),
  shop,
  large,
  outage,
  held,
  ready,
  first: () => nothing({}),
  refused: () => nothing(REFUSED)
}

export function sceneOf(name: string | null): Scene {
  return (SCENES[name ?? ''] ?? shop)()
}
