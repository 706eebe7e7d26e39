/** Where applied configurations are kept; the history's `ConfigVersions` is one. */

export interface NewConfigVersion {
  /** Absolute path; "demo" for the demo, which is never kept. */
  readonly file: string
  readonly actor: string
  readonly reason: string
  /** "2 backends added to api". */
  readonly summary: string
  /** Of the text with its secrets. */
  readonly hash: string
  /** Secrets masked: no secret enters the history. */
  readonly text: string
}

export interface KeptConfigVersion extends NewConfigVersion {
  readonly id: number
  readonly atMs: number
}

export interface VersionLog {
  /** Returns the number of the version. */
  add(version: NewConfigVersion): number
  /** Of this file, newest first, without their texts. */
  list(file: string, limit: number): readonly Omit<KeptConfigVersion, 'text'>[]
  /** null: no such version. */
  read(id: number): KeptConfigVersion | null
}
