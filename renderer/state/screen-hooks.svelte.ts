/**
 * What the shown screen lets the keyboard do. A screen offers its hooks while it is mounted:
 * `$effect(() => console.hooks.offer({ move, open, focusFilter }))`.
 */
import { untrack } from 'svelte'
import { onceOnly } from './once-only.ts'

export interface ScreenHooks {
  /** Moves the marked row by so many, down for positive. */
  move?(rows: number): void
  /** Opens or inspects the marked row. */
  open?(): void
  focusFilter?(): void
  /** Shows the staged changes. */
  review?(): void
  /** Between a picture and its table. */
  toggleTable?(): void
}

export class HookBoard {
  #offers = $state.raw<readonly ScreenHooks[]>([])

  /** The newest offer wins; returns its end. */
  offer(hooks: ScreenHooks): () => void {
    // Offers come from effects, which must not follow the list that they change.
    untrack(() => (this.#offers = [...this.#offers, hooks]))
    return onceOnly(() => {
      untrack(() => (this.#offers = this.#offers.filter((one) => one !== hooks)))
    })
  }

  find<Name extends keyof ScreenHooks>(name: Name): ScreenHooks[Name] | undefined {
    return this.#offers.findLast((hooks) => hooks[name] !== undefined)?.[name]
  }
}
