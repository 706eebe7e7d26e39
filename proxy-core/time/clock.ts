/**
 * Time as a parameter: the engine reads clocks and sets timers only through this, so
 * that tests run on `test/servers/manual-clock.ts` without sleeping.
 */

export interface Timer {
  /** Idempotent. */
  cancel(): void
}

export interface Clock {
  /** Monotonic milliseconds with fractions, for durations. */
  now(): number
  /** Milliseconds since the Unix epoch, for people and logs. */
  wallNow(): number
  setTimeout(callback: () => void, delayMs: number): Timer
  setInterval(callback: () => void, periodMs: number): Timer
}

/** The machine's clock. Timers do not keep a process alive by themselves: sockets do. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimeout(callback, delayMs) {
    const handle = setTimeout(callback, delayMs)
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
  setInterval(callback, periodMs) {
    const handle = setInterval(callback, periodMs)
    handle.unref()
    return { cancel: () => clearInterval(handle) }
  }
}

/** Uniform in [0, 1), as Math.random. */
export type Random = () => number
