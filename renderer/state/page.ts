/**
 * What the state classes need of the browser, so that tests can be the browser: time, frames,
 * visibility, the address.
 */

export interface Page {
  /** Wall-clock milliseconds. */
  now(): number
  /** Runs it once after so many milliseconds; returns its cancellation. */
  after(delayMs: number, run: () => void): () => void
  /** Runs it once before the next paint; returns its cancellation. */
  nextFrame(run: () => void): () => void
  isHidden(): boolean
  onVisibility(listener: () => void): () => void
  /** The part of the address after `#`, without it. */
  hash(): string
  /** `replace` leaves no step in the browser's history. */
  setHash(hash: string, mode: 'push' | 'replace'): void
  onHash(listener: () => void): () => void
  /** The whole address, as it can be passed on. */
  address(): string
  /** Into the clipboard. */
  copy(text: string): Promise<void>
  setFullScreen(isFull: boolean): Promise<void>
}

export function browserPage(window: Window): Page {
  return {
    now: () => Date.now(),
    after(delayMs, run) {
      const timer = window.setTimeout(run, delayMs)
      return () => window.clearTimeout(timer)
    },
    nextFrame(run) {
      const frame = window.requestAnimationFrame(run)
      return () => window.cancelAnimationFrame(frame)
    },
    isHidden: () => window.document.hidden,
    onVisibility: (listener) => listening(window.document, 'visibilitychange', listener),
    hash: () => window.location.hash.replace(/^#/, ''),
    setHash(hash, mode) {
      if (mode === 'push') window.location.hash = hash
      else window.history.replaceState(null, '', `#${hash}`)
    },
    onHash: (listener) => listening(window, 'hashchange', listener),
    address: () => window.location.href,
    copy: (text) => window.navigator.clipboard.writeText(text),
    async setFullScreen(isFull) {
      const { document } = window
      if (isFull) await document.documentElement.requestFullscreen()
      else if (document.fullscreenElement !== null) await document.exitFullscreen()
    }
  }
}

function listening(target: EventTarget, type: string, listener: () => void): () => void {
  target.addEventListener(type, listener)
  return () => target.removeEventListener(type, listener)
}
