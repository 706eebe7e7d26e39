/** The failover of one pool: its own keys, the top-level ones, the defaults. */
import type { BackendDocument, ConfigDocument, PoolDocument } from '../model/config-schema.ts'
import { DEFAULT_FAILOVER, MAX_DEFAULT_FAILBACK_RAMP_MS } from '../model/default-settings.ts'
import type { FailoverSettings } from '../model/settings.ts'
import { writtenKeys } from './written-keys.ts'

export type WrittenFailover = NonNullable<PoolDocument['failover']>

/** What holds for a pool, key by key, the pool before the top level. */
export function failoverOf(pool: PoolDocument, document: ConfigDocument): Partial<WrittenFailover> {
  const { notification: _notification, ...inherited } = document.failover ?? {}
  return { ...writtenKeys(inherited), ...writtenKeys(pool.failover) }
}

/** `holdsRequests`: the pool has a hold buffer. */
export function resolveFailover(
  written: Partial<WrittenFailover>,
  holdsRequests: boolean
): FailoverSettings {
  const recoveryIntervalMs = written.recovery_interval ?? DEFAULT_FAILOVER.recoveryIntervalMs
  return {
    isEnabled: written.enabled ?? DEFAULT_FAILOVER.isEnabled,
    mode: written.mode ?? DEFAULT_FAILOVER.mode,
    strategy: written.strategy ?? DEFAULT_FAILOVER.strategy,
    holdsRequests,
    rampMs: written.ramp ?? DEFAULT_FAILOVER.rampMs,
    delayMs: written.delay ?? DEFAULT_FAILOVER.delayMs,
    recoveryIntervalMs,
    failback: written.failback ?? DEFAULT_FAILOVER.failback,
    failbackRampMs:
      written.failback_ramp ?? Math.min(recoveryIntervalMs, MAX_DEFAULT_FAILBACK_RAMP_MS),
    minEligible: written.min_eligible ?? DEFAULT_FAILOVER.minEligible,
    within: written.within ?? DEFAULT_FAILOVER.within,
    panicThreshold: written.panic_threshold ?? DEFAULT_FAILOVER.panicThreshold
  }
}

/** Which level a backend is on: 0 = primary, and every pool has some. */
export type LevelOf = (backend: BackendDocument) => number

/** The regions that order the levels of a pool; null where the backends say their level themselves. */
export function actingRegions(
  pool: PoolDocument,
  document: ConfigDocument
): readonly string[] | null {
  const { regions = [] } = failoverOf(pool, document)
  const knowsAny = pool.backends?.some(
    ({ region }) => region !== undefined && regions.includes(region)
  )
  return knowsAny === true ? regions : null
}

export function levelRule(pool: PoolDocument, document: ConfigDocument): LevelOf {
  const regions = actingRegions(pool, document)
  if (regions === null) {
    const first = firstLevel(pool)
    return (backend) => writtenLevel(backend) - first
  }
  const placeOf = ({ region }: BackendDocument): number => {
    const place = region === undefined ? -1 : regions.indexOf(region)
    return place < 0 ? regions.length : place
  }
  // Numbered without gaps: whoever is first here is the primary of this pool, wherever the list of
  // all pools has its region.
  const places = [...new Set(pool.backends?.map(placeOf))].sort((a, b) => a - b)
  return (backend) => places.indexOf(placeOf(backend))
}

/** The lowest level that is written: its backends are the primaries, and above 0 called backups. */
export function firstLevel({ backends = [] }: PoolDocument): number {
  return backends.length === 0 ? 0 : Math.min(...backends.map(writtenLevel))
}

/** `failover: true` alone is the first backup. */
function writtenLevel(backend: BackendDocument): number {
  return backend.failover_level ?? (backend.failover === true ? 1 : 0)
}
