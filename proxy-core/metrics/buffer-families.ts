/** The metric families of stored requests: of the store as a whole, and of the routes that fill it. */
import type { BufferRouteView, BufferView } from '../engine/engine-view.ts'
import type { StoreStats } from '../store/request-store.ts'
import { counter, gauge, labelled, type MetricFamily } from './exposition.ts'

const MS_PER_SECOND = 1000

/** Nothing is said of what the store has while it is not open. */
function ofStore(read: (stats: StoreStats) => number): (view: BufferView) => number | null {
  return ({ stats }) => (stats === null ? null : read(stats))
}

export const BUFFER_FAMILIES: readonly MetricFamily<BufferView>[] = [
  gauge('switchyard_buffer_open', '1 while the store of the buffer is open.', ({ stats }) =>
    stats === null ? 0 : 1
  ),
  gauge('switchyard_buffer_accepting', '1 while requests are taken.', ({ stats }) =>
    stats !== null && stats.refusal === null ? 1 : 0
  ),
  gauge(
    'switchyard_buffer_pending',
    'Stored requests that are not delivered yet.',
    ofStore(({ pending }) => pending)
  ),
  gauge(
    'switchyard_buffer_pending_bytes',
    'Octets of these requests.',
    ofStore(({ pendingBytes }) => pendingBytes)
  ),
  gauge(
    'switchyard_buffer_oldest_seconds',
    'Age of the oldest of these requests; 0 when there is none.',
    ({ stats, oldestMs }) => (stats === null ? null : oldestMs / MS_PER_SECOND)
  ),
  gauge(
    'switchyard_buffer_dead_letters',
    'Requests that cannot be delivered and wait for an operator.',
    ofStore(({ dead }) => dead)
  ),
  gauge(
    'switchyard_buffer_disk_bytes',
    'Octets of all files of the buffer.',
    ofStore(({ diskBytes }) => diskBytes)
  ),
  gauge(
    'switchyard_buffer_disk_bytes_limit',
    'What they may take: `buffer.max_size`.',
    ({ maxBytes }) => maxBytes
  ),
  gauge(
    'switchyard_buffer_drain_seconds',
    'How long the delivery of all pending requests takes at the pace of the last minute; +Inf while nothing is delivered.',
    ({ drainMs }) => (drainMs === null ? null : drainMs / MS_PER_SECOND)
  ),
  gauge(
    'switchyard_buffer_intake_bytes',
    'Octets of requests that are about to be stored.',
    ({ intakeBytes }) => intakeBytes
  ),
  gauge(
    'switchyard_buffer_blocked',
    'Requests that wait for room, with `when_full: block`.',
    ({ blocked }) => blocked
  ),
  counterOf('appended', 'Requests that were stored.', ({ appended }) => appended),
  counterOf('appended_bytes', 'Octets of these requests.', ({ appendedBytes }) => appendedBytes),
  counterOf('delivered', 'Stored requests that a backend has taken.', (of) => of.delivered),
  counterOf('expired', 'Stored requests whose time was over.', ({ expired }) => expired),
  counterOf('deleted', 'Stored requests that an operator has removed.', ({ deleted }) => deleted),
  counterOf(
    'quarantined',
    'Stored requests whose octets are damaged.',
    ({ quarantined }) => quarantined
  ),
  counter(
    'switchyard_buffer_refused_total',
    'Requests that were not stored because the buffer was full or its disk failed.',
    ({ refused }) => refused
  ),
  counterOf('syncs', 'Times that requests were written to the disk.', ({ syncs }) => syncs),
  counterOf('sync_failures', 'Times that this failed.', ({ syncFailures }) => syncFailures),
  gauge(
    'switchyard_buffer_last_sync_seconds',
    'How long it took the last time.',
    ofStore(({ lastSyncMs }) => lastSyncMs / MS_PER_SECOND)
  )
]

export const BUFFER_ROUTE_FAMILIES: readonly MetricFamily<BufferRouteView>[] = [
  labelled(
    'counter',
    'switchyard_buffer_attempts_total',
    'Attempts to deliver stored requests that are over.',
    'outcome',
    ({ delivered, retried, dead }) => [
      ['delivered', delivered],
      ['retried', retried],
      ['dead_letter', dead]
    ]
  ),
  counter(
    'switchyard_buffer_route_expired_total',
    'Stored requests of the route whose time was over.',
    ({ expired }) => expired
  ),
  gauge(
    'switchyard_buffer_deliveries_running',
    'Deliveries of the route that run now.',
    ({ running }) => running
  ),
  gauge(
    'switchyard_buffer_keys_waiting',
    'Keys, and requests without one, that wait for another attempt or for their backend.',
    ({ waiting }) => waiting
  )
]

/** Since the store was opened. */
function counterOf(
  name: string,
  help: string,
  read: (stats: StoreStats) => number
): MetricFamily<BufferView> {
  return counter(`switchyard_buffer_${name}_total`, help, ({ stats }) =>
    stats === null ? 0 : read(stats)
  )
}
