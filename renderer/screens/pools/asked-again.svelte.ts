/**
 * An answer of the host that is asked for again while it is shown. The old answer stays until the
 * new one is there; an answer to an older question never replaces that to a newer one.
 */

export type Answer<Value> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'there'; readonly value: Value }

export class AskedAgain<Value> {
  answer = $state.raw<Answer<Value>>({ kind: 'waiting' })

  #subject = ''
  #running: AbortController | null = null
  #isDue = false

  /** The value while there is one, also an old one. */
  get value(): Value | null {
    return this.answer.kind === 'there' ? this.answer.value : null
  }

  /**
   * @param subject what is asked about: another one cancels the question about the former.
   * While a question about the same runs, it is asked once more afterwards.
   */
  ask(subject: string, question: (signal: AbortSignal) => Promise<Value>): void {
    if (subject !== this.#subject) {
      this.stop()
      this.#subject = subject
      this.answer = { kind: 'waiting' }
    }
    if (this.#running !== null) {
      this.#isDue = true
      return
    }
    void this.#run(question)
  }

  stop(): void {
    this.#running?.abort()
    this.#running = null
    this.#isDue = false
  }

  async #run(question: (signal: AbortSignal) => Promise<Value>): Promise<void> {
    const running = new AbortController()
    this.#running = running
    this.#isDue = false
    try {
      const value = await question(running.signal)
      if (!running.signal.aborted) this.answer = { kind: 'there', value }
    } catch (error) {
      // A value that was there is worth more than the failure of its refresh.
      if (!running.signal.aborted && this.answer.kind !== 'there') {
        this.answer = { kind: 'failed', error }
      }
    }
    if (running.signal.aborted) return
    this.#running = null
    if (this.#isDue) void this.#run(question)
  }
}
