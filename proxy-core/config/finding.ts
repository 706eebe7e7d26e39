/** A problem or warning before it has a place in the text. */
import type { ConfigPath, ConfigProblemCode } from '../model/config-problem.ts'

export interface Finding {
  readonly code: ConfigProblemCode
  readonly path: ConfigPath
  /** Which part of the entry at `path` is meant. */
  readonly at: 'key' | 'value'
  /** A sentence. */
  readonly message: string
  readonly hint: string | null
}

/** Where something stands in a text; line and column are 1-based. */
export interface Place {
  readonly line: number
  readonly column: number
  /** Columns on that line, at least 1. */
  readonly width: number
}
