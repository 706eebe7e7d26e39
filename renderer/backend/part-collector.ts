/** The pieces of payloads that were too long for one frame, until they are whole. */
import type { FromHost } from '../../preload/contract/envelope.ts'

export type Part = Extract<FromHost, { readonly t: 'part' }>

interface Collected {
  readonly seq: number
  text: string
}

export class PartCollector {
  /** By the id of the subscription: at most one payload of each is on its way. */
  readonly #collected = new Map<number, Collected>()

  /** The payload with its last part, else null. Throws a SyntaxError when the whole is no JSON. */
  take({ id, seq, text, isLast }: Part): { readonly payload: unknown } | null {
    const known = this.#collected.get(id)
    const collected = known?.seq === seq ? known : { seq, text: '' }
    collected.text += text
    this.#collected.set(id, collected)
    if (!isLast) return null
    this.#collected.delete(id)
    return { payload: JSON.parse(collected.text) as unknown }
  }

  /** The subscription has ended. */
  drop(id: number): void {
    this.#collected.delete(id)
  }

  /** The channel is gone: what has not come of them never will. */
  clear(): void {
    this.#collected.clear()
  }
}
