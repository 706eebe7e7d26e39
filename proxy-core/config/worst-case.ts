/**
 * How long health checks take to notice, computed from their settings. `check` prints it
 * for every pool, because "interval 5s" does not tell anyone that 18 seconds may pass.
 *
 * A probe starts one wait after the end of the one before it, so with
 * f = unhealthy_threshold, r = healthy_threshold, j = jitter, T = timeout:
 *
 *   killed (the connection is refused, a probe fails at once)
 *     best    (f - 1) · fast · (1 - j)                      a probe is due right after the kill
 *     worst   interval · (1 + j) + (f - 1) · fast · (1 + j)  a probe has passed right before it
 *   frozen (nothing answers, a probe fails after T): both plus f · T
 *   recovery, from the moment the backend answers again
 *     best    (r - 1) · fast · (1 - j)
 *     worst   down · (1 + j) + (r - 1) · fast · (1 + j); after a freeze plus T, for a
 *             probe that had begun before and was lost
 *
 * Passing probes are counted as instant: add their duration where it matters. HAProxy 2.6
 * with `inter 3s fall 3 rise 2` and no `timeout check` has fast = down = T = 3 s and j = 0,
 * which gives 6 to 9 s killed and 15 to 18 s frozen; 6.5 to 8.3 s and 15.5 to 17.3 s were
 * measured.
 */
import type { EngineSettings, HealthCheckSettings } from '../model/settings.ts'

export interface TimeSpan {
  readonly bestMs: number
  readonly worstMs: number
}

export interface DetectionTimes {
  /** The process is gone and its port refuses connections. */
  readonly killed: { readonly detection: TimeSpan; readonly recovery: TimeSpan }
  /** The process or its network swallows everything. */
  readonly frozen: { readonly detection: TimeSpan; readonly recovery: TimeSpan }
}

/** Whole milliseconds. */
export function worstCase(check: HealthCheckSettings): DetectionTimes {
  const { unhealthyThreshold, healthyThreshold, timeoutMs } = check
  const falling = spanOf(check.intervalMs, unhealthyThreshold, check)
  const rising = spanOf(check.downIntervalMs, healthyThreshold, check)
  const timeoutsMs = unhealthyThreshold * timeoutMs
  return {
    killed: { detection: falling, recovery: rising },
    frozen: {
      detection: {
        bestMs: falling.bestMs + timeoutsMs,
        worstMs: falling.worstMs + timeoutsMs
      },
      recovery: { bestMs: rising.bestMs, worstMs: rising.worstMs + timeoutMs }
    }
  }
}

/** `firstMs`: the wait during which the change happens. */
function spanOf(firstMs: number, threshold: number, check: HealthCheckSettings): TimeSpan {
  const laterMs = (threshold - 1) * check.fastIntervalMs
  return {
    bestMs: Math.round(laterMs * (1 - check.jitter)),
    worstMs: Math.round((firstMs + laterMs) * (1 + check.jitter))
  }
}

export interface PoolWorstCase {
  readonly pool: string
  /** Backends with these settings. */
  readonly backends: readonly string[]
  /**
   * A `tcp` probe does not notice a frozen process, whose kernel still accepts: for it,
   * `times.frozen` is about a frozen machine or network.
   */
  readonly type: HealthCheckSettings['type']
  readonly times: DetectionTimes
}

/** One entry for each kind and timing of health check of each pool, in the order of the file. */
export function worstCases(settings: EngineSettings): readonly PoolWorstCase[] {
  return settings.pools.flatMap((pool) => {
    const probed = pool.backends.filter((backend) => backend.healthCheck !== null)
    const groups = Map.groupBy(probed, (backend) => timingKey(backend.healthCheck!))
    return [...groups.values()].map((group) => ({
      pool: pool.name,
      backends: group.map((backend) => backend.address),
      type: group[0]!.healthCheck!.type,
      times: worstCase(group[0]!.healthCheck!)
    }))
  })
}

function timingKey(check: HealthCheckSettings): string {
  return JSON.stringify([
    check.type,
    check.intervalMs,
    check.fastIntervalMs,
    check.downIntervalMs,
    check.timeoutMs,
    check.jitter,
    check.unhealthyThreshold,
    check.healthyThreshold
  ])
}
