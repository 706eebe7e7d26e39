/**
 * When the traffic of a pool moves after its primaries were killed, and when it returns, computed
 * from its settings. With D the detection of its slowest primary (`worst-case.ts`):
 *
 *   switch   D, with `delayed` plus `delay`; with `graceful` and a remainder it ends `ramp` later
 *   return   recovery of its slowest primary plus `recovery_interval`; it ends `failback_ramp` later
 */
import type { EngineSettings, FailoverSettings, PoolSettings } from '../model/settings.ts'
import { worstCase, type TimeSpan } from './worst-case.ts'

export interface PoolFailoverTimes {
  readonly pool: string
  readonly mode: FailoverSettings['mode']
  readonly strategy: FailoverSettings['strategy']
  readonly failback: FailoverSettings['failback']
  /** From the kill of all primaries to the first request on the backups. */
  readonly switch: TimeSpan
  /** How long the share then takes to move; 0 = at once. */
  readonly rampMs: number
  /** From the first answer of the primaries to the first request that returns. */
  readonly return: TimeSpan
  readonly failbackRampMs: number
}

/** One entry for each pool that fails over by itself and probes its primaries. */
export function failoverTimes({ pools }: EngineSettings): readonly PoolFailoverTimes[] {
  return pools.flatMap((pool) => {
    const times = timesOf(pool)
    return times === null ? [] : [times]
  })
}

function timesOf({ name, backends, failover }: PoolSettings): PoolFailoverTimes | null {
  const levels = new Set(backends.map(({ level }) => level))
  if (levels.size < 2 || !failover.isEnabled) return null
  const home = Math.min(...levels)
  const checks = backends.filter(({ level }) => level === home).map((one) => one.healthCheck)
  const killed = checks.map((check) => (check === null ? null : worstCase(check).killed))
  if (killed.some((one) => one === null)) return null
  const detection = slowest(killed.map((one) => one!.detection))
  const recovery = slowest(killed.map((one) => one!.recovery))
  const { mode, strategy, failback, delayMs, recoveryIntervalMs } = failover
  const isSwitch = mode === 'switch'
  return {
    ...{ pool: name, mode, strategy, failback },
    switch: later(detection, isSwitch && strategy === 'delayed' ? delayMs : 0),
    // A level that is lost with one eligible backend missing has nothing left to ramp from.
    rampMs: isSwitch && strategy === 'graceful' && failover.minEligible > 1 ? failover.rampMs : 0,
    return: later(recovery, isSwitch ? recoveryIntervalMs : 0),
    failbackRampMs: isSwitch ? failover.failbackRampMs : 0
  }
}

function slowest(spans: readonly TimeSpan[]): TimeSpan {
  return {
    bestMs: Math.max(...spans.map(({ bestMs }) => bestMs)),
    worstMs: Math.max(...spans.map(({ worstMs }) => worstMs))
  }
}

function later({ bestMs, worstMs }: TimeSpan, ms: number): TimeSpan {
  return { bestMs: bestMs + ms, worstMs: worstMs + ms }
}
