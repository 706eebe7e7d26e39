/** Where the payloads of the contract's topics come from. */
import type { TopicArgs, TopicName, TopicPayload } from '../../preload/contract/topics.ts'

export interface TopicSource<Name extends TopicName> {
  /**
   * Begins one subscription and returns its end, which is called once.
   *
   * A snapshot source pushes its current value at once where it has one, and then every new one;
   * what a slow page cannot take is dropped between here and the page, never queued.
   *
   * A log source pushes batches that continue each other, from `since` on, and names in `gap` what
   * it no longer has. When the page falls behind, the subscription is ended and later opened again
   * with `since` at the last entry that the page was sent. A `since` that lies beyond the newest
   * entry belongs to an earlier source and means 0.
   */
  open(args: TopicArgs<Name>, push: (payload: TopicPayload<Name>) => void): () => void
}

export type TopicSources = { readonly [Name in TopicName]: TopicSource<Name> }
