/**
 * Since when each level has been healthy without a break: traffic returns to a level by choice
 * only after `recovery_interval` of that, which is what makes a pool outlive flapping.
 */
import type { Levels } from './level-view.ts'

export class LevelHealth {
  #since: ReadonlyMap<number, number> = new Map()
  #hasBegun = false

  /**
   * `needed`: eligible backends that make a level healthy. What is healthy at the first look
   * counts as always having been: nothing was seen to break.
   */
  note(levels: Levels, needed: number, nowMs: number): void {
    const beginMs = this.#hasBegun ? nowMs : -Infinity
    this.#hasBegun = true
    const next = new Map<number, number>()
    for (const { level, eligible } of levels) {
      if (eligible >= needed) next.set(level, this.#since.get(level) ?? beginMs)
    }
    this.#since = next
  }

  /** When the level will have been healthy for `intervalMs` if nothing breaks; null = it is not healthy. */
  provenAtMs(level: number, intervalMs: number): number | null {
    const since = this.#since.get(level)
    return since === undefined ? null : since + intervalMs
  }

  isProven(level: number, intervalMs: number, nowMs: number): boolean {
    const provenAtMs = this.provenAtMs(level, intervalMs)
    return provenAtMs !== null && provenAtMs <= nowMs
  }

  /** When the next level will be proven if nothing breaks; null = none is on its way. */
  nextProofMs(intervalMs: number, nowMs: number): number | null {
    let next: number | null = null
    for (const since of this.#since.values()) {
      const atMs = since + intervalMs
      if (atMs > nowMs && (next === null || atMs < next)) next = atMs
    }
    return next
  }
}
