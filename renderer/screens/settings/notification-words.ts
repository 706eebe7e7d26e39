/** What a notification channel has done, in words. */
import type { NotificationChannelFacts } from '../../../preload/contract/notifications.ts'
import { formatAgo } from '../../ui/duration.ts'

/** "Failover, pool lost, pool back, engine". */
export function occasionWords({ on }: NotificationChannelFacts): string {
  const words = on.map((occasion) => occasion.replaceAll('_', ' ')).join(', ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** "Last delivered 4m ago, 12 in all; 3 held back." */
export function deliveryWords(channel: NotificationChannelFacts, nowMs: number): string {
  if (channel.type === 'metrics') return 'Counts in /metrics of the admin API, and sends nothing.'
  const { lastDeliveryMs, delivered } = channel
  const last =
    lastDeliveryMs === null
      ? 'Nothing delivered yet'
      : `Last delivered ${formatAgo(lastDeliveryMs, nowMs)}, ${delivered} in all`
  const rest = [
    [channel.waiting, 'waiting'],
    [channel.heldBack, 'held back'],
    [channel.failed, 'given up'],
    [channel.dropped, 'thrown away']
  ]
    .filter(([count]) => Number(count) > 0)
    .map(([count, word]) => `${count} ${word}`)
  return rest.length === 0 ? `${last}.` : `${last}; ${rest.join(', ')}.`
}

/** "Failed 12s ago: No answer within 10 s."; null: its last attempt arrived, or there was none. */
export function failureWords(
  { lastFailure }: NotificationChannelFacts,
  nowMs: number
): string | null {
  return lastFailure && `Failed ${formatAgo(lastFailure.atMs, nowMs)}: ${lastFailure.reason}`
}
