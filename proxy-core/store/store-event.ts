/** What a store has to say beside its answers: each is told once, when it is found. */

export type StoreEventKind =
  /** The end of a segment was written only in part, as a crash leaves it: cut off. */
  | 'torn_tail'
  /** Octets are not those that were written: the record was set aside. */
  | 'quarantined'
  /** A segment that was there is gone, and its entries with it. */
  | 'segment_missing'
  /** A file that the store did not write: left alone. */
  | 'foreign_file'
  /** Something beside the entries was damaged and made anew: an index, outcomes, the manifest. */
  | 'rebuilt'
  /** A write or fsync failed: what was not acknowledged is refused. */
  | 'disk_failed'
  /** After `disk_failed`: entries are taken again. */
  | 'disk_recovered'

export interface StoreEvent {
  readonly kind: StoreEventKind
  /** Name in the store's directory; '' = none in particular. */
  readonly file: string
  /** A sentence: what, where, and what it means for entries. */
  readonly message: string
}
