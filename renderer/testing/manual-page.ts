/** A page whose time, frames, visibility and address move only when the test says so. */
import type { Page } from '../state/page.ts'

interface Pending {
  readonly dueMs: number
  readonly run: () => void
}

/** 2026-11-21T02:18:21Z. */
export const NOW_MS = Date.UTC(2026, 10, 21, 2, 18, 21)

export class ManualPage implements Page {
  nowMs = NOW_MS
  readonly copied: string[] = []
  isFullScreen = false
  #isHidden = false
  #hash: string
  readonly #timers = new Set<Pending>()
  #frames: (() => void)[] = []
  readonly #visibility = new Set<() => void>()
  readonly #hashes = new Set<() => void>()
  /** How often an address was added to the browser's history. */
  pushes = 0

  constructor(hash = '') {
    this.#hash = hash
  }

  get timerCount(): number {
    return this.#timers.size
  }

  get frameCount(): number {
    return this.#frames.length
  }

  get listenerCount(): number {
    return this.#visibility.size + this.#hashes.size
  }

  /** Fires what is due by then, in the order of the due times. */
  advance(ms: number): void {
    const targetMs = this.nowMs + ms
    for (;;) {
      const [next] = [...this.#timers].sort((one, other) => one.dueMs - other.dueMs)
      if (next === undefined || next.dueMs > targetMs) break
      this.#timers.delete(next)
      this.nowMs = next.dueMs
      next.run()
    }
    this.nowMs = targetMs
  }

  /** Runs what waits for the next paint. */
  paint(): void {
    const frames = this.#frames
    this.#frames = []
    for (const run of frames) run()
  }

  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden
    for (const listener of [...this.#visibility]) listener()
  }

  /** As the browser does it, on its buttons. */
  visit(hash: string): void {
    this.#hash = hash
    for (const listener of [...this.#hashes]) listener()
  }

  now(): number {
    return this.nowMs
  }

  after(delayMs: number, run: () => void): () => void {
    const pending = { dueMs: this.nowMs + delayMs, run }
    this.#timers.add(pending)
    return () => void this.#timers.delete(pending)
  }

  nextFrame(run: () => void): () => void {
    this.#frames.push(run)
    return () => {
      this.#frames = this.#frames.filter((one) => one !== run)
    }
  }

  isHidden(): boolean {
    return this.#isHidden
  }

  onVisibility(listener: () => void): () => void {
    this.#visibility.add(listener)
    return () => void this.#visibility.delete(listener)
  }

  hash(): string {
    return this.#hash
  }

  setHash(hash: string, mode: 'push' | 'replace'): void {
    this.#hash = hash
    if (mode === 'push') this.pushes++
  }

  onHash(listener: () => void): () => void {
    this.#hashes.add(listener)
    return () => void this.#hashes.delete(listener)
  }

  address(): string {
    return `http://127.0.0.1:7000/#${this.#hash}`
  }

  copy(text: string): Promise<void> {
    this.copied.push(text)
    return Promise.resolve()
  }

  setFullScreen(isFull: boolean): Promise<void> {
    this.isFullScreen = isFull
    return Promise.resolve()
  }
}
