/**
 * The newest texts that ran in this session, with their secrets: in memory only, so that an undo
 * or a rollback brings a secret back which the history has as a mask.
 */
export const MOST_TEXTS = 10

interface HashedText {
  readonly hash: string
  readonly text: string
}

export class SessionTexts {
  /** By hash; the newest last. */
  readonly #texts = new Map<string, string>()

  note({ hash, text }: HashedText): void {
    this.#texts.delete(hash)
    this.#texts.set(hash, text)
    const [oldest] = this.#texts.keys()
    if (this.#texts.size > MOST_TEXTS && oldest !== undefined) this.#texts.delete(oldest)
  }

  /** null: it did not run since the console started, or long ago. */
  textOf(hash: string): string | null {
    return this.#texts.get(hash) ?? null
  }
}
