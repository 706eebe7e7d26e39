/** The metric families of one backend: traffic, connections, state and probes. */
import type { CircuitState } from '../model/failover-state.ts'
import { ADMIN_STATES, HEALTH_STATES } from '../model/states.ts'
import type { PoolView } from '../engine/engine-view.ts'
import type { Backend } from '../pool/backend.ts'
import { counter, gauge, labelled, latency, type MetricFamily } from './exposition.ts'
import { trafficFamilies, upstreamFamilies } from './traffic-families.ts'

export interface BackendSubject {
  readonly pool: PoolView
  readonly backend: Backend
}

const countersOf = ({ backend }: BackendSubject): Backend['counters'] => backend.counters

const failureFamilies: readonly MetricFamily<BackendSubject>[] = [
  counter(
    'switchyard_connect_errors_total',
    'Connections to the backend that failed before they stood.',
    ({ backend }) => backend.counters.connectErrors
  ),
  counter(
    'switchyard_response_errors_total',
    'Resets, bad framing, early closes and timeouts of standing connections.',
    ({ backend }) => backend.counters.responseErrors
  ),
  counter(
    'switchyard_server_aborts_total',
    'Exchanges that the backend broke off after its response had begun.',
    ({ backend }) => backend.counters.serverAborts
  )
]

const connectionFamilies: readonly MetricFamily<BackendSubject>[] = [
  latency(
    'switchyard_response_head_duration_seconds',
    'From the request sent to the response head.',
    ({ backend }) => backend.counters.responseHeadMs
  ),
  counter(
    'switchyard_connections_opened_total',
    'Connections opened to the backend.',
    ({ backend }) => backend.counters.connectionsOpened
  ),
  counter(
    'switchyard_connections_reused_total',
    'Requests sent on a connection that had served before.',
    ({ backend }) => backend.counters.connectionsReused
  ),
  gauge(
    'switchyard_connections_open',
    'Connections to the backend that are open now.',
    ({ pool, backend }) => pool.connectionsOf(backend).open
  ),
  gauge(
    'switchyard_connections_idle',
    'Open connections that wait for a request.',
    ({ pool, backend }) => pool.connectionsOf(backend).idle
  )
]

const stateFamilies: readonly MetricFamily<BackendSubject>[] = [
  gauge('switchyard_backend_up', '1 when the probes find the backend serving.', ({ backend }) =>
    backend.health === 'up' || backend.health === 'slow_start' ? 1 : 0
  ),
  gauge(
    'switchyard_backend_eligible',
    '1 when new requests may go to the backend.',
    ({ backend }) => (backend.isEligible ? 1 : 0)
  ),
  labelled(
    'gauge',
    'switchyard_backend_health_state',
    '1 for the health state that holds now.',
    'state',
    ({ backend }) =>
      HEALTH_STATES.map((state) => [state, backend.health === state ? 1 : 0] as const)
  ),
  labelled(
    'gauge',
    'switchyard_backend_admin_state',
    '1 for the administrative state that holds now.',
    'state',
    ({ backend }) =>
      ADMIN_STATES.map((state) => [state, backend.adminState === state ? 1 : 0] as const)
  ),
  gauge('switchyard_backend_weight', 'Live weight, 0 to 256.', ({ backend }) => backend.weight),
  gauge(
    'switchyard_backend_level',
    'Failover level: 0 is primary.',
    ({ backend }) => backend.level
  ),
  gauge(
    'switchyard_backend_state_changed_timestamp_seconds',
    'Unix time of the last change of health or administrative state.',
    ({ backend }) => backend.changedAtMs / 1000
  )
]

/** The more of it, the worse. */
const CIRCUIT_NUMBERS: Readonly<Record<CircuitState, number>> = { closed: 0, half_open: 1, open: 2 }

const observedFamilies: readonly MetricFamily<BackendSubject>[] = [
  gauge(
    'switchyard_backend_ejected',
    '1 while failed requests keep the backend out of the rotation.',
    ({ backend }) => (backend.ejection === null ? 0 : 1)
  ),
  counter(
    'switchyard_backend_ejections_total',
    'Times that failed requests took the backend out of the rotation.',
    ({ backend }) => backend.counters.ejections
  ),
  gauge(
    'switchyard_backend_circuit_state',
    'The circuit of the backend: 0 closed, 1 half open, 2 open.',
    ({ backend }) => CIRCUIT_NUMBERS[backend.circuit]
  ),
  counter(
    'switchyard_backend_circuit_openings_total',
    'Times that the circuit of the backend opened.',
    ({ backend }) => backend.counters.circuitOpenings
  ),
  gauge(
    'switchyard_backend_slots',
    'Requests in flight at one time that settings and latency allow; 0 is no limit.',
    ({ backend }) => backend.slotLimit
  ),
  gauge(
    'switchyard_backend_warmth',
    'Share of its weight and slots that the backend has: below 1 during slow start.',
    ({ backend }) => backend.warmth
  )
]

const probeFamilies: readonly MetricFamily<BackendSubject>[] = [
  labelled(
    'counter',
    'switchyard_backend_probes_total',
    'Health probes by result.',
    'result',
    ({ backend }) =>
      backend.settings.healthCheck
        ? [
            ['passed', backend.counters.probesPassed],
            ['failed', backend.counters.probesFailed]
          ]
        : []
  ),
  gauge(
    'switchyard_backend_probe_duration_seconds',
    'Duration of the last health probe.',
    ({ backend }) => {
      const last = backend.probes.at(-1)
      return last ? last.durationMs / 1000 : null
    }
  ),
  counter(
    'switchyard_backend_downs_total',
    'Changes of health from serving to down.',
    ({ backend }) => backend.counters.timesDown
  )
]

export const BACKEND_FAMILIES: readonly MetricFamily<BackendSubject>[] = [
  ...trafficFamilies('switchyard_', 'Attempts', countersOf),
  ...upstreamFamilies('switchyard_', countersOf),
  ...failureFamilies,
  ...connectionFamilies,
  ...stateFamilies,
  ...observedFamilies,
  ...probeFamilies
]
