/** What seed 004 writes about failover and this version does not act on, said plainly. */
import type { ConfigDocument } from '../model/config-schema.ts'
import type { Finding } from './finding.ts'
import { formatDuration } from '../model/units.ts'

type Failover = NonNullable<ConfigDocument['failover']>

export function lintFailover(document: ConfigDocument): readonly Finding[] {
  const { failover } = document
  if (failover === undefined) return []
  return [...unused(failover)]
}

function* unused(failover: Failover): Generator<Finding> {
  if (failover.enabled === false) {
    yield notActedOn('enabled', 'Pools with levels fail over all the same.')
  }
  if (failover.recovery_interval !== undefined && failover.recovery_interval > 0) {
    const written = formatDuration(failover.recovery_interval)
    yield notActedOn(
      'recovery_interval',
      `Traffic returns to the primary as soon as its probes pass, not after ${written}.`
    )
  }
}

function notActedOn(key: string, instead: string): Finding {
  const message = `\`failover.${key}\` is accepted but not acted on yet. ${instead}`
  return { code: 'NOT_ACTED_ON', path: ['failover', key], at: 'key', message, hint: null }
}
