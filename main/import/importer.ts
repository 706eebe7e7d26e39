/** What an importer is: one file exports one, `importers.ts` lists it. */
import type { Place } from '../../proxy-core/config/finding.ts'
import type { ConfigProblem } from '../../proxy-core/model/config-problem.ts'

export interface ImportSource {
  /** As the operator named it: messages and comments begin with it. */
  readonly file: string
  readonly text: string
}

/** What became of one key of the source, or why nothing did. Texts are safe to print. */
export interface ImportEntry {
  readonly line: number
  /** 1-based. */
  readonly column: number
  /** `sinks.http_out.retries`. */
  readonly path: string
  /** As a line of the source has it; what may be secret is masked. */
  readonly value: string
  /** Where its meaning stands in the result: `pools[http_out].retry.attempts`. null: it was left. */
  readonly became: string | null
  /** Why nothing became of it, or what is different now. null: nothing needs to be said. */
  readonly why: string | null
  /** What the system that the file was written for makes of this line. null: what its author expects. */
  readonly origin: string | null
  /** What to do, where something is to be done. */
  readonly instead: string | null
  /** The line of the entry that says all of it, for what was left together with that. */
  readonly belongsToLine: number | null
}

export type ImportResult =
  | {
      readonly ok: true
      /** A configuration that loads. */
      readonly yaml: string
      /** One for every key of the source, in its order. */
      readonly entries: readonly ImportEntry[]
    }
  | {
      readonly ok: false
      readonly problems: readonly ConfigProblem[]
      /** What is known of the keys all the same; empty for a text that cannot be read. */
      readonly entries: readonly ImportEntry[]
    }

export interface Importer {
  /** As given to `--from`. */
  readonly id: string
  /** As people call the system. */
  readonly title: string
  /** Whether the name of a file says that it is meant. */
  recognises(file: string): boolean
  /** Never throws because of the text. */
  translate(source: ImportSource): ImportResult
}

export interface Remark {
  readonly why?: string
  readonly origin?: string
  readonly instead?: string
}

/** A place in the source with what is written there, as an entry of any format has it. */
export interface SourceKey {
  readonly place: Place
  readonly path: string
  readonly value: string
}
