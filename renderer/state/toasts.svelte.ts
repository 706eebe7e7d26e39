/**
 * Short words at the edge of the window: what was done, with a way back; what failed, and why;
 * what could be done now.
 */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { Page } from './page.ts'

export const UNDO_LIFE_MS = 8000
const PLAIN_LIFE_MS = 5000
const MAX_TOASTS = 4

export interface ToastAction {
  /** A verb: "Undo". */
  readonly label: string
  run(): void
}

export interface Toast {
  readonly id: number
  readonly tone: 'done' | 'problem' | 'offer'
  /** A sentence. */
  readonly text: string
  /** What can be done about a problem, and its code; empty when there is nothing to say. */
  readonly remedy: string
  readonly code: string | null
  readonly action: ToastAction | null
}

export class Toasts {
  /** Oldest first. */
  list = $state.raw<readonly Toast[]>([])

  readonly #page: Page
  /** Cancellations by the id of the toast. */
  readonly #timers: Record<number, () => void> = {}
  #lastId = 0

  constructor(page: Page) {
    this.#page = page
  }

  /** "Drained api-2 (0 of 14 connections left)", with its Undo where there is one. */
  done(text: string, action: ToastAction | null = null): void {
    const id = this.#add({ tone: 'done', text, remedy: '', code: null, action })
    this.#expire(id, action === null ? PLAIN_LIFE_MS : UNDO_LIFE_MS)
  }

  /** Stays until it is dismissed. A cancelled call is no problem. */
  problem(error: unknown): void {
    if (error instanceof SwitchyardError) {
      if (error.code === 'CANCELLED') return
      const { message, remedy, code } = error
      this.#add({ tone: 'problem', text: message, remedy, code, action: null })
      return
    }
    const text = error instanceof Error ? error.message : String(error)
    this.#add({ tone: 'problem', text, remedy: '', code: null, action: null })
  }

  /** Stays until it is dismissed or taken; returns its id. */
  offer(text: string, action: ToastAction): number {
    return this.#add({ tone: 'offer', text, remedy: '', code: null, action })
  }

  dismiss(id: number): void {
    this.hold(id)
    this.list = this.list.filter((toast) => toast.id !== id)
  }

  /** While the pointer or the focus is on it, it stays (WCAG 2.2.1). */
  hold(id: number): void {
    this.#timers[id]?.()
    delete this.#timers[id]
  }

  release(id: number): void {
    const toast = this.list.find((one) => one.id === id)
    if (toast?.tone === 'done') this.#expire(id, PLAIN_LIFE_MS)
  }

  clear(): void {
    for (const toast of this.list) this.dismiss(toast.id)
  }

  #add(toast: Omit<Toast, 'id'>): number {
    const id = ++this.#lastId
    const overflow = this.list.length + 1 - MAX_TOASTS
    for (const old of this.list.slice(0, Math.max(0, overflow))) this.dismiss(old.id)
    this.list = [...this.list, { ...toast, id }]
    return id
  }

  #expire(id: number, lifeMs: number): void {
    this.hold(id)
    this.#timers[id] = this.#page.after(lifeMs, () => this.dismiss(id))
  }
}
