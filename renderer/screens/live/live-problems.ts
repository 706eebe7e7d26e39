/** What departs from normal, worst first; an empty list is the goal. Pure. */
import type { LiveFleet } from '../../../preload/contract/live-state.ts'
import type { BackendStatus, ServiceStatus } from '../../../preload/contract/status.ts'
import type { DemoState } from '../../../preload/contract/workspace-state.ts'
import type { Selected } from '../../state/selection.svelte.ts'
import { isProblem } from '../../ui/status-tone.ts'
import { backendName, withBackendNames } from './backend-name.ts'

export interface LiveProblem {
  readonly id: string
  readonly status: BackendStatus | ServiceStatus
  readonly statusWord: string
  readonly name: string
  /** Why, as a sentence. */
  readonly reason: string
  /** Wall-clock milliseconds; null where nobody noted it. */
  readonly sinceMs: number | null
  /** What the inspector can show of it; null for the engine and listeners. */
  readonly selects: Selected | null
}

const RANK: Readonly<Record<BackendStatus | ServiceStatus, number>> = {
  down: 0,
  degraded: 1,
  changing: 2,
  unknown: 3,
  serving: 4,
  healthy: 4,
  idle: 4
}

/** Within the same status in the order of the configuration. */
export function liveProblems(fleet: LiveFleet, demo: DemoState | null): readonly LiveProblem[] {
  const found = [...engineProblems(fleet), ...listenerProblems(fleet), ...poolProblems(fleet, demo)]
  return found
    .map((problem) => ({ ...problem, reason: withBackendNames(problem.reason, demo) }))
    .toSorted((one, other) => RANK[one.status] - RANK[other.status])
}

function engineProblems({ engine, configurationError }: LiveFleet): readonly LiveProblem[] {
  const common = { sinceMs: null, selects: null } as const
  const problems: LiveProblem[] = []
  if (engine.phase === 'stopped' || engine.phase === 'restarting') {
    problems.push({
      ...common,
      id: 'engine',
      status: 'down',
      statusWord: engine.phase === 'stopped' ? 'Stopped' : 'Restarting',
      name: 'Engine',
      reason: engine.reason ?? 'The engine does not run.'
    })
  }
  if (configurationError !== null) {
    problems.push({
      ...common,
      id: 'configuration',
      status: 'degraded',
      statusWord: 'Refused',
      name: 'Configuration',
      reason: configurationError
    })
  }
  return problems
}

function listenerProblems({ listeners, engine }: LiveFleet): readonly LiveProblem[] {
  if (engine.phase !== 'running') return []
  return listeners
    .filter(({ isOpen }) => !isOpen)
    .map(({ name, address }) => ({
      id: `listener\n${name}`,
      status: 'down',
      statusWord: 'Closed',
      name: `Listener ${name}`,
      reason: `Nobody can connect to ${address}.`,
      sinceMs: null,
      selects: null
    }))
}

function poolProblems(fleet: LiveFleet, demo: DemoState | null): readonly LiveProblem[] {
  return fleet.pools.flatMap((pool): LiveProblem[] => [
    ...(isProblem(pool.status)
      ? [
          {
            id: `pool\n${pool.name}`,
            status: pool.status,
            statusWord: pool.statusWord,
            name: `Pool ${pool.name}`,
            reason: pool.statusReason,
            sinceMs: null,
            selects: { kind: 'pool', pool: pool.name } as const
          }
        ]
      : []),
    ...pool.backends
      // A person took it out: what probes say of it meanwhile is no news.
      .filter(({ status, adminState }) => isProblem(status) && adminState !== 'maint')
      .map((backend) => ({
        id: `backend\n${pool.name}\n${backend.address}`,
        status: backend.status,
        statusWord: backend.statusWord,
        name: `${backendName(backend.address, demo)} in ${pool.name}`,
        reason: backend.statusReason,
        sinceMs: backend.changedAtMs,
        selects: { kind: 'backend', pool: pool.name, backend: backend.address } as const
      }))
  ])
}
