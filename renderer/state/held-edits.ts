/**
 * Edits that could not be staged when their screen was left: kept in the page, for the next time
 * that their configuration is edited.
 */
export interface HeldEdit {
  /** Hash of the text that the edit began with. */
  readonly base: string
  readonly text: string
}

export class HeldEdits {
  readonly #edits = new Map<string, HeldEdit>()

  /** `file` is null for the demo. */
  keep(file: string | null, edit: HeldEdit): void {
    this.#edits.set(file ?? '', edit)
  }

  /** Once: whoever takes it has it. */
  take(file: string | null): HeldEdit | null {
    const edit = this.#edits.get(file ?? '') ?? null
    this.#edits.delete(file ?? '')
    return edit
  }
}
