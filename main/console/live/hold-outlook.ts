/** What becomes of those who wait in a pool, if all goes on as in the last seconds. */
import type { FleetPool, HoldNumbers } from '../../../proxy-core/model/engine-telemetry.ts'
import type { HoldOutlook } from '../../../preload/contract/live-state.ts'

type PoolFacts = Pick<FleetPool, 'activeLevel' | 'failover' | 'hold'>
type Numbers = Pick<HoldNumbers, 'held' | 'entered' | 'released'>

export function holdOutlook(
  { held, entered, released }: Numbers,
  { activeLevel, failover, hold }: PoolFacts
): HoldOutlook {
  if (held === 0) return { kind: 'empty' }
  if (hold?.operator != null) return { kind: 'operator' }
  if (activeLevel < 0 || failover?.isWaiting === true) return { kind: 'backend' }
  const perSecond = released - entered
  if (perSecond > 0) return { kind: 'draining', leftMs: Math.round((held / perSecond) * 1000) }
  return perSecond < 0 ? { kind: 'growing', perSecond: -perSecond } : { kind: 'steady' }
}
