/**
 * The receiving half that all channels have in common: frames that come before anybody listens
 * are kept, and the close is told once, also to a listener that comes after it.
 */

/** A host listens as soon as it has a channel, so more than a few are a peer that misbehaves. */
const MAX_EARLY_FRAMES = 64

export class FrameInbox {
  #early: unknown[] = []
  #onFrame: ((frame: unknown) => void) | null = null
  #onClose: ((reason: string) => void) | null = null
  #closeReason: string | null = null

  get isClosed(): boolean {
    return this.#closeReason !== null
  }

  /** Hands a frame on. False: nobody listens and no more can be kept; the channel must close. */
  deliver(frame: unknown): boolean {
    if (this.isClosed) return true
    if (this.#onFrame !== null) this.#onFrame(frame)
    else if (this.#early.length < MAX_EARLY_FRAMES) this.#early.push(frame)
    else return false
    return true
  }

  onFrame(listener: (frame: unknown) => void): void {
    this.#onFrame = listener
    const early = this.#early
    this.#early = []
    for (const frame of early) this.deliver(frame)
  }

  onClose(listener: (reason: string) => void): void {
    if (this.#closeReason === null) this.#onClose = listener
    else listener(this.#closeReason)
  }

  /** Idempotent: the first reason counts. */
  close(reason: string): void {
    if (this.#closeReason !== null) return
    this.#closeReason = reason
    this.#early = []
    this.#onClose?.(reason)
  }
}
