/**
 * What a notification channel of the type `metrics` adds to the page. The control plane counts;
 * the engine shows what it was told last.
 */
import type { ChannelCounters, NotificationCounters } from '../model/notification-counters.ts'
import { counter, gauge, labelled, type MetricFamily } from './exposition.ts'

export const NOTIFICATION_EVENT_FAMILIES: readonly MetricFamily<
  NotificationCounters['events'][number]
>[] = [
  counter(
    'switchyard_notification_events_total',
    'What happened that a metrics channel is told of; an empty pool is the engine.',
    ({ count }) => count
  )
]

export const CHANNEL_FAMILIES: readonly MetricFamily<ChannelCounters>[] = [
  labelled(
    'counter',
    'switchyard_notifications_total',
    'Messages of a notification channel by what became of them.',
    'outcome',
    ({ delivered, failed, heldBack, dropped }) => [
      ['delivered', delivered],
      ['failed', failed],
      ['held_back', heldBack],
      ['dropped', dropped]
    ]
  ),
  counter(
    'switchyard_notification_retries_total',
    'Attempts to deliver a message that failed and were repeated.',
    ({ retried }) => retried
  ),
  gauge(
    'switchyard_notifications_waiting',
    'Messages that wait to be delivered now.',
    ({ waiting }) => waiting
  ),
  gauge(
    'switchyard_notification_last_delivery_timestamp_seconds',
    'Unix time at which a message last arrived; absent before the first.',
    ({ lastDeliveryMs }) => (lastDeliveryMs === null ? null : lastDeliveryMs / 1000)
  )
]
