/** Events of the double: only those that it models can be listened to. */
import { unmodelled } from './strict.ts'

export type Listener = (...args: never[]) => void

/** An event whose default can be prevented. */
export class PreventableEvent {
  defaultPrevented = false
  readonly url: string

  constructor(url = '') {
    this.url = url
  }

  readonly preventDefault = (): void => {
    this.defaultPrevented = true
  }
}

export class Emitter {
  readonly #owner: string
  readonly #known: readonly string[]
  #listeners: { readonly event: string; readonly listener: Listener; readonly isOnce: boolean }[] =
    []

  constructor(owner: string, known: readonly string[]) {
    this.#owner = owner
    this.#known = known
  }

  add(event: string, listener: Listener, isOnce = false): void {
    if (!this.#known.includes(event)) unmodelled(`${this.#owner}.on('${event}')`)
    this.#listeners.push({ event, listener, isOnce })
  }

  removeAll(event: string): void {
    this.#listeners = this.#listeners.filter((one) => one.event !== event)
  }

  emit(event: string, ...args: readonly unknown[]): void {
    const called = this.#listeners.filter((one) => one.event === event)
    this.#listeners = this.#listeners.filter((one) => !(one.isOnce && called.includes(one)))
    // As Node.js does it.
    if (event === 'error' && called.length === 0) throw new Error(`Unhandled error. (${args[0]})`)
    for (const { listener } of called) listener(...(args as never[]))
  }

  /** Whether any listener prevented it. */
  emitPreventable(event: string, url = ''): boolean {
    const happening = new PreventableEvent(url)
    this.emit(event, happening)
    return happening.defaultPrevented
  }
}
