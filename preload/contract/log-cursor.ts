/** How far into a log topic a payload reaches: `since` of the subscription that continues it. */
import type { TopicName, TopicPayload } from './topics.ts'

export type LogTopicName = Extract<TopicName, 'events' | 'traffic'>

interface Batch {
  readonly entries: readonly { readonly seq: number }[]
  readonly gap: { readonly to: number } | null
}

const BATCHES: { readonly [Name in LogTopicName]: (payload: TopicPayload<Name>) => Batch } = {
  events: ({ events, gap }) => ({ entries: events, gap }),
  traffic: ({ samples, gap }) => ({ entries: samples, gap })
}

/** The number of the last entry, or `before` when the payload has none. */
export function cursorAfter<Name extends LogTopicName>(
  topic: Name,
  payload: TopicPayload<Name>,
  before: number
): number {
  const { entries, gap } = BATCHES[topic](payload)
  return entries.at(-1)?.seq ?? gap?.to ?? before
}
