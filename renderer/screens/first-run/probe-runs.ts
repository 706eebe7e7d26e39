/** The probes that are under way, by the address as it was typed. */
export class ProbeRuns {
  readonly #running = new Map<string, AbortController>()

  get size(): number {
    return this.#running.size
  }

  has(typed: string): boolean {
    return this.#running.has(typed)
  }

  /** Its signal fires when the probe is no longer wanted. */
  begin(typed: string): AbortSignal {
    const run = new AbortController()
    this.#running.set(typed, run)
    return run.signal
  }

  end(typed: string): void {
    this.#running.delete(typed)
  }

  /** Cancels all others. */
  keep(wanted: readonly string[]): void {
    for (const [typed, run] of this.#running) {
      if (wanted.includes(typed)) continue
      run.abort()
      this.#running.delete(typed)
    }
  }
}
