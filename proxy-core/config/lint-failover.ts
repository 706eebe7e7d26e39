/** What is written about failover and does not do what its author may think. */
import type { ConfigPath } from '../model/config-problem.ts'
import type { ConfigDocument } from '../model/config-schema.ts'
import type { PoolSettings } from '../model/settings.ts'
import { formatDuration } from '../model/units.ts'
import type { Finding } from './finding.ts'
import { actingRegions, firstLevel } from './resolve-failover.ts'

export function lintFailover(document: ConfigDocument): readonly Finding[] {
  return [...lintPrimaries(document), ...lintRegions(document)]
}

/** Of a pool with two or more levels. */
export function* lintPoolFailover(
  pool: PoolSettings,
  name: string,
  path: ConfigPath
): Generator<Finding> {
  const { isEnabled, mode, strategy, rampMs, delayMs, minEligible } = pool.failover
  const { backends, queue, hold } = pool
  if (!isEnabled) {
    yield noEffect(path, `${name} has backups that never serve: its failover is switched off.`)
    return
  }
  const sizes = Map.groupBy(backends, ({ level }) => level)
  const small = [...sizes].filter(([, its]) => its.length < minEligible).map(([level]) => level)
  if (small.length > 0) {
    const which = small.sort((a, b) => a - b).join(', ')
    yield noEffect(
      path,
      `${name} needs ${minEligible} eligible backends on a level, and level ${which} has fewer.`
    )
  }
  if (mode !== 'switch') return
  if (strategy === 'graceful' && rampMs > 0 && minEligible === 1 && hold === null) {
    yield noEffect(
      path,
      `${name} has no hold buffer and \`min_eligible: 1\`, so a lost level has no backend left to ramp from: \`ramp\` acts only on an activation by hand.`
    )
  }
  if (strategy !== 'delayed') return
  const [place, waitMs] =
    hold === null ? ['queue', queue.timeoutMs] : ['hold buffer', hold.timeoutMs]
  if (waitMs > 0 && waitMs < delayMs) {
    yield noEffect(
      path,
      `${name} waits ${formatDuration(delayMs)} before it fails over, but its requests wait ${formatDuration(waitMs)} in the ${place} and are then answered with 503.`
    )
  }
}

/** What is written as a backup and has nobody to stand in for. */
function* lintPrimaries(document: ConfigDocument): Generator<Finding> {
  for (const [index, pool] of (document.pools ?? []).entries()) {
    const level = firstLevel(pool)
    if (level === 0 || actingRegions(pool, document) !== null) continue
    const message = `Pool ${pool.name} has only backups: those of level ${level} serve as its primaries, and are shown as level 0.`
    yield noEffect(['pools', index], message)
  }
}

/** A misspelt region would silently be the last level. */
function* lintRegions(document: ConfigDocument): Generator<Finding> {
  for (const [index, pool] of (document.pools ?? []).entries()) {
    const regions = actingRegions(pool, document)
    if (regions === null) continue
    for (const [place, backend] of (pool.backends ?? []).entries()) {
      const path: ConfigPath = ['pools', index, 'backends', place]
      const { region, failover_level: level } = backend
      if (region === undefined || !regions.includes(region)) {
        const which = region === undefined ? 'has no region' : `is of region ${region}`
        const message = `${backend.address.written} ${which}, which \`failover.regions\` does not list: it is on the last level.`
        yield noEffect(path, message)
      } else if (level !== undefined) {
        const message = `\`failover_level\` says nothing here: \`failover.regions\` orders the levels.`
        yield noEffect([...path, 'failover_level'], message)
      }
    }
  }
}

function noEffect(path: ConfigPath, message: string): Finding {
  return { code: 'FAILOVER_WITHOUT_EFFECT', path, at: 'key', message, hint: null }
}
