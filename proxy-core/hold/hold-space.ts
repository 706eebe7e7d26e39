/** What the bodies of those who wait in one pool take, in memory and on disk, within its limits. */
import type { HoldSettings } from '../model/buffer-settings.ts'

type Limits = Pick<HoldSettings, 'maxBytes' | 'memoryBytes'>

export class HoldSpace {
  limits: Limits
  #bytes = 0
  #memoryBytes = 0

  constructor(limits: Limits) {
    this.limits = limits
  }

  /** Octets of all bodies, those that are announced and still to come included. */
  get bytes(): number {
    return this.#bytes
  }

  /** false: it does not fit, and nothing is taken. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.limits.maxBytes) return false
    this.#bytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }

  /** As much of `bytes` as memory is left for. */
  takeMemory(bytes: number): number {
    const granted = Math.max(0, Math.min(bytes, this.limits.memoryBytes - this.#memoryBytes))
    this.#memoryBytes += granted
    return granted
  }

  giveMemory(bytes: number): void {
    this.#memoryBytes -= bytes
  }
}
