/** The metric families of one listener. */
import type { ListenerView } from '../engine/engine-view.ts'
import { counter, gauge, type MetricFamily } from './exposition.ts'
import { trafficFamilies } from './traffic-families.ts'

export const LISTENER_FAMILIES: readonly MetricFamily<ListenerView>[] = [
  ...trafficFamilies<ListenerView>(
    'switchyard_listener_',
    'Requests',
    (listener) => listener.counters
  ),
  counter(
    'switchyard_listener_refused_total',
    'Requests refused because of bad syntax, limits or no route.',
    (listener) => listener.counters.refused
  ),
  gauge('switchyard_listener_open', '1 when the listener accepts connections.', (listener) =>
    listener.isOpen ? 1 : 0
  ),
  gauge(
    'switchyard_listener_connections',
    'Client connections open now.',
    (listener) => listener.connections
  ),
  gauge(
    'switchyard_listener_connections_limit',
    'Client connections accepted at one time.',
    (listener) => listener.connectionsLimit
  ),
  counter(
    'switchyard_listener_connections_total',
    'Client connections accepted.',
    (listener) => listener.connectionsTotal
  ),
  gauge(
    'switchyard_listener_certificate_expiry_timestamp_seconds',
    'Unix time at which the first certificate of the listener is no longer valid.',
    ({ certificateExpiresAtMs }) =>
      certificateExpiresAtMs === null ? null : certificateExpiresAtMs / 1000
  )
]
