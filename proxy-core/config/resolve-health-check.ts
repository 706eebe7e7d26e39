/**
 * The probes of one backend. Three places can write them, the more specific one wins key
 * by key: `defaults`, the pool, the backend. `failover.check_interval` comes before all.
 */
import type { BackendDocument, ConfigDocument, PoolDocument } from '../model/config-schema.ts'
import {
  DEFAULT_FAILOVER_CHECK_INTERVAL_MS,
  DEFAULT_HEALTH_CHECK
} from '../model/default-settings.ts'
import type { HealthCheckSettings, UpstreamTlsSettings } from '../model/settings.ts'
import { resolveUpstreamTls } from './resolve-files.ts'
import { writtenKeys } from './written-keys.ts'

export interface HealthCheckSurroundings {
  readonly document: ConfigDocument
  readonly baseDir: string
  /** Whether the pool has a backend on another level than 0. */
  readonly hasLevels: boolean
  /** `failover.check_interval` of the pool, if it is written anywhere. */
  readonly checkInterval: number | undefined
}

type WrittenCheck = Exclude<NonNullable<PoolDocument['health_check']>, false>

/** null: no probes. */
export function resolveHealthCheck(
  pool: PoolDocument,
  backend: BackendDocument,
  around: HealthCheckSurroundings
): HealthCheckSettings | null {
  const inherited = around.document.defaults?.health_check
  const mostSpecific = backend.health_check ?? pool.health_check ?? inherited
  if (mostSpecific === false) return null
  const interval = around.checkInterval
  if (mostSpecific === undefined) {
    return around.hasLevels ? levelProbe(interval, pool, around.baseDir) : null
  }
  const merged: WrittenCheck = {
    ...(interval === undefined ? {} : { interval }),
    ...writtenKeys(inherited),
    ...writtenKeys(pool.health_check === false ? undefined : pool.health_check),
    ...writtenKeys(backend.health_check === false ? undefined : backend.health_check)
  }
  return withDefaults(merged, DEFAULT_HEALTH_CHECK, pool, around.baseDir)
}

/** Without probes nobody would notice that a level is lost. */
function levelProbe(
  interval: number | undefined,
  pool: PoolDocument,
  baseDir: string
): HealthCheckSettings {
  const defaults = { ...DEFAULT_HEALTH_CHECK, intervalMs: DEFAULT_FAILOVER_CHECK_INTERVAL_MS }
  return withDefaults(
    { type: 'tcp', ...(interval === undefined ? {} : { interval }) },
    defaults,
    pool,
    baseDir
  )
}

function withDefaults(
  check: WrittenCheck,
  defaults: HealthCheckSettings,
  pool: PoolDocument,
  baseDir: string
): HealthCheckSettings {
  return {
    type: check.type ?? defaults.type,
    ...intervalsOf(check, defaults),
    timeoutMs: check.timeout ?? defaults.timeoutMs,
    jitter: check.jitter ?? defaults.jitter,
    unhealthyThreshold: check.unhealthy_threshold ?? defaults.unhealthyThreshold,
    healthyThreshold: check.healthy_threshold ?? defaults.healthyThreshold,
    port: check.port ?? defaults.port,
    tls: probeTls(check, pool, baseDir),
    method: check.method ?? defaults.method,
    path: check.path ?? defaults.path,
    host: check.host ?? defaults.host,
    headers: check.headers ?? defaults.headers,
    expectedStatus: check.expected_status ?? defaults.expectedStatus,
    bodyMatch: check.body_match ?? defaults.bodyMatch
  }
}

/**
 * A written `interval` stands for the two others as well, as HAProxy's `inter` does for
 * fastinter and downinter: whoever writes `inter 3s` has counted on three seconds.
 */
function intervalsOf(
  check: WrittenCheck,
  defaults: HealthCheckSettings
): Pick<HealthCheckSettings, 'intervalMs' | 'fastIntervalMs' | 'downIntervalMs'> {
  return {
    intervalMs: check.interval ?? defaults.intervalMs,
    fastIntervalMs: check.fast_interval ?? check.interval ?? defaults.fastIntervalMs,
    downIntervalMs: check.down_interval ?? check.interval ?? defaults.downIntervalMs
  }
}

function probeTls(
  check: WrittenCheck,
  pool: PoolDocument,
  baseDir: string
): UpstreamTlsSettings | null {
  const tls = check.tls ?? pool.tls ?? false
  if (tls === false) return null
  return resolveUpstreamTls(tls === true ? (pool.tls ?? {}) : tls, baseDir)
}
