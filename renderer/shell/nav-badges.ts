/** Which screens have something to look at, and what it is. */
import type { IncidentBoard } from '../../preload/contract/incident.ts'
import type { LiveFleet } from '../../preload/contract/live-state.ts'
import type { WorkspaceState } from '../../preload/contract/workspace-state.ts'
import type { ScreenName } from '../state/route.ts'

export interface NavBadge {
  readonly count: number
  readonly tone: 'down' | 'warn' | 'admin'
  /** "2 backends are down." */
  readonly sentence: string
}

export type NavBadges = Readonly<Partial<Record<ScreenName, NavBadge>>>

export function navBadges(
  fleet: LiveFleet | null,
  incidents: IncidentBoard | null,
  workspace: WorkspaceState | null
): NavBadges {
  return withoutNull({
    pools: poolBadge(fleet),
    incidents: incidentBadge(incidents),
    config: configBadge(workspace)
  })
}

/** Down before changing: a backend counts once. */
function poolBadge(fleet: LiveFleet | null): NavBadge | null {
  const backends = fleet?.pools.flatMap((pool) => pool.backends) ?? []
  const down = backends.filter(({ status }) => status === 'down').length
  if (down > 0) return { count: down, tone: 'down', sentence: `${backendsAre(down)} down.` }
  const changing = backends.filter(({ status }) => status === 'changing').length
  if (changing === 0) return null
  return { count: changing, tone: 'warn', sentence: `${backendsAre(changing)} not fully healthy.` }
}

function backendsAre(count: number): string {
  return count === 1 ? '1 backend is' : `${count} backends are`
}

function incidentBadge(incidents: IncidentBoard | null): NavBadge | null {
  const open = incidents?.open ?? []
  if (open.length === 0) return null
  const tone = open.some(({ severity }) => severity === 'critical') ? 'down' : 'warn'
  const sentence = open.length === 1 ? '1 incident is open.' : `${open.length} incidents are open.`
  return { count: open.length, tone, sentence }
}

/** What a person has begun comes before what the file has. */
function configBadge(workspace: WorkspaceState | null): NavBadge | null {
  const staged = workspace?.staged.length ?? 0
  if (staged > 0) {
    const sentence = staged === 1 ? '1 change is staged.' : `${staged} changes are staged.`
    return { count: staged, tone: 'admin', sentence }
  }
  const errors = workspace?.problems.filter(({ severity }) => severity === 'error').length ?? 0
  if (errors === 0) return null
  const sentence = errors === 1 ? 'The file has 1 problem.' : `The file has ${errors} problems.`
  return { count: errors, tone: 'down', sentence }
}

function withoutNull(badges: Readonly<Partial<Record<ScreenName, NavBadge | null>>>): NavBadges {
  return Object.fromEntries(
    Object.entries(badges).filter(([, badge]) => badge !== null)
  ) as NavBadges
}
