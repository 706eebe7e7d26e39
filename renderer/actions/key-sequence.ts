/**
 * Turns presses into shortcuts, "g l" among them. A sequence that leads nowhere is forgotten, and
 * so is one that is not finished in time.
 */

/** A second key that comes later begins anew. */
export const SEQUENCE_PATIENCE_MS = 1500

export interface KeyBinding {
  /** "g l". */
  readonly keys: string
  readonly actionId: string
}

export type KeyMatch =
  | { readonly kind: 'action'; readonly actionId: string }
  /** The beginning of one or more: the press is taken, and the next one decides. */
  | { readonly kind: 'pending'; readonly pressed: string }
  | { readonly kind: 'none' }

export class KeySequence {
  #pressed: readonly string[] = []
  #lastAtMs = Number.NEGATIVE_INFINITY

  press(name: string, atMs: number, bindings: readonly KeyBinding[]): KeyMatch {
    const isLate = atMs - this.#lastAtMs > SEQUENCE_PATIENCE_MS
    this.#lastAtMs = atMs
    const longer = isLate ? [name] : [...this.#pressed, name]
    const match = this.#match(longer, bindings)
    // A wrong second key may itself be a shortcut.
    return match.kind === 'none' && longer.length > 1 ? this.#match([name], bindings) : match
  }

  forget(): void {
    this.#pressed = []
  }

  #match(pressed: readonly string[], bindings: readonly KeyBinding[]): KeyMatch {
    const keys = pressed.join(' ')
    const whole = bindings.find((binding) => binding.keys === keys)
    if (whole !== undefined) {
      this.forget()
      return { kind: 'action', actionId: whole.actionId }
    }
    if (bindings.some((binding) => binding.keys.startsWith(`${keys} `))) {
      this.#pressed = pressed
      return { kind: 'pending', pressed: keys }
    }
    this.forget()
    return { kind: 'none' }
  }
}
