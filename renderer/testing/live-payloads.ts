/** Fleets and numbers for tests; what a test is about is given, the rest is ordinary. */
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import type {
  EngineStatus,
  LiveBackend,
  LiveFleet,
  LiveHold,
  LiveNumbers,
  LivePool
} from '../../preload/contract/live-state.ts'
import type { NotificationChannelFacts } from '../../preload/contract/notifications.ts'
import type { Plan } from '../../preload/contract/plan.ts'
import type { Verdict } from '../../preload/contract/status.ts'
import type { WorkspaceState } from '../../preload/contract/workspace-state.ts'
import type {
  FleetFailover,
  FleetHold,
  ProbedBackend
} from '../../proxy-core/model/engine-telemetry.ts'
import {
  TRAFFIC_COLUMNS,
  type TrafficRates,
  type TrafficRow
} from '../../proxy-core/model/traffic-row.ts'
import { NOW_MS } from './manual-page.ts'

export function aVerdict(given: Partial<Verdict> = {}): Verdict {
  return {
    status: 'serving',
    sentence: 'Serving. 2 of 2 backends healthy.',
    short: 'api 2/2',
    servingBackends: 2,
    totalBackends: 2,
    ...given
  }
}

export function anEngine(given: Partial<EngineStatus> = {}): EngineStatus {
  return {
    phase: 'running',
    pid: 100,
    restarts: 0,
    startedAtMs: NOW_MS - 60_000,
    reason: null,
    restartAtMs: null,
    ...given
  }
}

export function aBackend(address: string, given: Partial<LiveBackend> = {}): LiveBackend {
  return {
    address,
    level: 0,
    region: null,
    weight: 100,
    configuredWeight: 100,
    isWeightOverridden: false,
    adminState: 'ready',
    adminReason: '',
    health: 'up',
    healthReason: 'The probe passed.',
    hasHealthCheck: true,
    isEligible: true,
    ejection: null,
    circuit: 'closed',
    warmth: 1,
    passedOverFor: null,
    slotLimit: 0,
    changedAtMs: NOW_MS - 60_000,
    resolutionError: null,
    status: 'healthy',
    statusWord: 'Healthy',
    statusReason: 'The probe passed.',
    adminUntilMs: null,
    ...given
  }
}

export function aPool(name: string, backends: readonly LiveBackend[]): LivePool {
  return {
    name,
    algorithm: 'round_robin',
    key: null,
    activeLevel: 0,
    queueLimit: 0,
    failover: null,
    failoverObstacle: null,
    hold: null,
    status: 'serving',
    statusWord: 'Serving',
    statusReason: 'All backends are healthy.',
    backends: [...backends]
  }
}

/** The line of a pool in which every request may wait, and that no operator holds. */
export const A_HOLD: FleetHold = {
  maxRequests: 1000,
  maxBytes: 100_000_000,
  timeoutMs: 30_000,
  routes: [{ name: 'all', timeoutMs: 30_000 }],
  fallback: null,
  operator: null
}

export function someWaiting(given: Partial<LiveHold> = {}): LiveHold {
  return {
    ...{ held: 214, bytes: 4_200_000, oldestMs: 4200, entered: 50, released: 0, lostTotal: 0 },
    outlook: { kind: 'backend' },
    waitedAtMs: NOW_MS,
    ...given
  }
}

export const API_POOL = aPool('api', [aBackend('10.0.0.1:80'), aBackend('10.0.0.2:80')])

/** The failover of a pool with a primary level and one of backups. */
export const TWO_LEVELS: FleetFailover = {
  phase: 'normal',
  mode: 'switch',
  strategy: 'immediate',
  latchedLevel: null,
  isLatchForced: false,
  latchReason: null,
  level: 0,
  isWaiting: false,
  sinceMs: NOW_MS - 60_000,
  dueAtMs: null,
  levels: [
    { level: 0, backends: 1, eligible: 1, share: 1, isLost: false },
    { level: 1, backends: 1, eligible: 1, share: 0, isLost: false }
  ]
}

export function aFleet(given: Partial<LiveFleet> = {}): LiveFleet {
  return {
    revision: 1,
    atMs: NOW_MS,
    engine: anEngine(),
    verdict: aVerdict(),
    configurationError: null,
    listeners: [{ name: 'web', address: '127.0.0.1:8080', scheme: 'http', isOpen: true }],
    routes: [],
    pools: [API_POOL],
    probes: [],
    ...given
  }
}

export function aRow(given: Partial<TrafficRates> = {}): TrafficRow {
  return TRAFFIC_COLUMNS.map((column) => given[column] ?? 0)
}

/** In the order of `aFleet()`: one pool of two backends. */
export function someNumbers(given: Partial<LiveNumbers> = {}): LiveNumbers {
  return {
    seq: 1,
    revision: 1,
    atMs: NOW_MS,
    process: { pid: 100, cpuShare: 0, residentBytes: 0, heapUsedBytes: 0, loopLagP99Ms: 0 },
    total: aRow({ rps: 30 }),
    listeners: [aRow({ rps: 30 })],
    pools: [
      { row: aRow({ rps: 30 }), hold: null, backends: [aRow({ rps: 10 }), aRow({ rps: 20 })] }
    ],
    probed: [],
    ...given
  }
}

export function aProbe(backend: string, given: Partial<ProbedBackend> = {}): ProbedBackend {
  return {
    pool: 'api',
    backend,
    last: { atMs: NOW_MS, durationMs: 3, hasPassed: true, code: 'L7OK', status: 200, detail: 'OK' },
    streak: [true],
    progress: { direction: 'steady', done: 0, needed: 0 },
    ...given
  }
}

export function anEvent(seq: number, given: Partial<ConsoleEvent> = {}): ConsoleEvent {
  return {
    seq,
    atMs: NOW_MS,
    kind: 'backend_down',
    severity: 'warning',
    actor: 'probe',
    text: 'api: 10.0.0.1:80 is down.',
    pool: 'api',
    backend: '10.0.0.1:80',
    code: null,
    incidentId: null,
    offer: null,
    ...given
  }
}

export function aPlan(given: Partial<Plan> = {}): Plan {
  return {
    planId: 'plan-1',
    stateHash: 'a',
    request: { kind: 'restart_engine' },
    level: 2,
    title: 'Restart the engine',
    verb: 'Restart the engine',
    steps: ['The engine finishes what runs, and starts again.'],
    warnings: [],
    typedName: null,
    undo: null,
    expiresAtMs: NOW_MS + 300_000,
    ...given
  }
}

export function aChannel(given: Partial<NotificationChannelFacts> = {}): NotificationChannelFacts {
  return {
    ...{ name: 'webhook', type: 'webhook', destination: 'hooks.slack.com, format slack' },
    ...{ on: ['failover', 'pool_lost', 'pool_back', 'engine'] },
    ...{ delivered: 0, failed: 0, heldBack: 0, dropped: 0, waiting: 0 },
    ...{ lastDeliveryMs: null, lastFailure: null },
    ...given
  }
}

export function aWorkspace(given: Partial<WorkspaceState> = {}): WorkspaceState {
  return {
    kind: 'file',
    name: 'edge.yaml',
    file: '/etc/switchyard/edge.yaml',
    environment: 'dev',
    runningHash: 'a',
    stagedHash: null,
    diskHash: 'a',
    staged: [],
    problems: [],
    recentFiles: ['/etc/switchyard/edge.yaml'],
    demo: null,
    lastEnd: null,
    ...given
  }
}
