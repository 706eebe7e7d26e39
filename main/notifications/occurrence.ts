/** One thing that happened, as notifications see it: what it is about, and what it makes wrong or right. */
import type { EventSeverity } from '../../preload/contract/console-event.ts'
import type { Occasion } from '../../proxy-core/model/notification-settings.ts'

/** Something that lasts until it is mended. */
export interface Trouble {
  /** Unique within its subject: `pool`, `level`, `down 10.0.0.1:80`. */
  readonly key: string
  /** What begins it: a channel that is not told of its beginning does not wait for its end. */
  readonly occasion: Occasion
}

export interface Occurrence {
  /** Wall-clock milliseconds. */
  readonly atMs: number
  readonly occasion: Occasion
  /** null: the engine as a whole. */
  readonly pool: string | null
  readonly backend: string | null
  readonly severity: EventSeverity
  /** A sentence that stands alone. */
  readonly text: string
  /** The same in few words, without the pool: "no backend left". */
  readonly headline: string
  readonly begins: Trouble | null
  /** Keys of the troubles that it ends. */
  readonly ends: readonly string[]
}

/** Which incident an occurrence belongs to; no pool can have an empty name. */
export function subjectOf({ pool }: Pick<Occurrence, 'pool'>): string {
  return pool ?? ''
}
