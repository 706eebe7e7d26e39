/** The answer to "why is this backend in this state". */
import type { BackendWatch, PoolView } from '../engine/engine-view.ts'
import type { BackendEvidence, HealthCheckFacts } from '../model/backend-evidence.ts'
import type { HealthCheckSettings } from '../model/settings.ts'
import type { Backend } from '../pool/backend.ts'

export function backendEvidenceOf(
  pool: PoolView,
  backend: Backend,
  watch: BackendWatch,
  atMs: number
): BackendEvidence {
  const { counters, settings } = backend
  return {
    pool: pool.name,
    backend: backend.address,
    atMs,
    probes: [...backend.probes],
    progress: watch.progress,
    healthCheck: settings.healthCheck && factsOf(settings.healthCheck, backend),
    addresses: [...watch.addresses],
    resolutionError: watch.resolutionError,
    lastFailure: backend.lastFailure,
    connections: pool.connectionsOf(backend),
    totals: {
      requests: counters.requests,
      connectErrors: counters.connectErrors,
      responseErrors: counters.responseErrors,
      retries: counters.retries,
      probesPassed: counters.probesPassed,
      probesFailed: counters.probesFailed,
      timesDown: counters.timesDown
    }
  }
}

function factsOf(check: HealthCheckSettings, { settings }: Backend): HealthCheckFacts {
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host
  const authority = `${host}:${check.port ?? settings.port}`
  const scheme = check.tls === null ? 'http' : 'https'
  return {
    type: check.type,
    request:
      check.type === 'http'
        ? `${check.method} ${scheme}://${authority}${check.path}`
        : `TCP connection to ${authority}`,
    intervalMs: check.intervalMs,
    timeoutMs: check.timeoutMs,
    fall: check.unhealthyThreshold,
    rise: check.healthyThreshold,
    expectedStatus:
      check.type === 'http'
        ? check.expectedStatus
            .map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
            .join(', ')
        : ''
  }
}
