/** Traffic on its way from some levels to another, in small equal steps. */

/** Level → share of the requests, 0 to 1. All together have 1. */
export type Shares = ReadonlyMap<number, number>

export interface Ramp {
  /** The shares when it began. */
  readonly from: Shares
  readonly to: number
  readonly startMs: number
  /** Above 0. */
  readonly durationMs: number
}

/** A step moves this much of the traffic, where the ramp is not too short for it. */
const STEPS = 50
/** Shares that change more often than this are no smoother for any backend. */
const MIN_STEP_MS = 100

export function sharesAt(ramp: Ramp, nowMs: number): Shares {
  const left = 1 - progressAt(ramp, nowMs)
  const shares = new Map<number, number>()
  let leaving = 0
  for (const [level, share] of ramp.from) {
    if (level === ramp.to || share * left === 0) continue
    shares.set(level, share * left)
    leaving += share * left
  }
  if (leaving < 1) shares.set(ramp.to, 1 - leaving)
  return shares
}

export function endOf({ startMs, durationMs }: Ramp): number {
  return startMs + durationMs
}

/** When the shares are to be looked at again: later than `nowMs`, at the latest at the end. */
export function nextStepMs(ramp: Ramp, nowMs: number): number {
  const stepMs = Math.max(ramp.durationMs / STEPS, MIN_STEP_MS)
  const taken = Math.max(0, Math.floor((nowMs - ramp.startMs) / stepMs))
  let dueMs = ramp.startMs + (taken + 1) * stepMs
  // A step that is a fraction can come out at the present moment.
  if (dueMs <= nowMs) dueMs += stepMs
  return Math.min(dueMs, endOf(ramp))
}

/** The same ramp without what came from levels that can send nothing more: `to` takes it at once. */
export function withoutEmptied(ramp: Ramp, isEmpty: (level: number) => boolean): Ramp {
  const kept = [...ramp.from].filter(([level]) => level === ramp.to || !isEmpty(level))
  return kept.length === ramp.from.size ? ramp : { ...ramp, from: new Map(kept) }
}

/** Whether anything still comes from elsewhere. */
export function isMoving(ramp: Ramp, nowMs: number): boolean {
  if (nowMs >= endOf(ramp)) return false
  for (const level of ramp.from.keys()) if (level !== ramp.to) return true
  return false
}

function progressAt({ startMs, durationMs }: Ramp, nowMs: number): number {
  return Math.min(1, Math.max(0, (nowMs - startMs) / durationMs))
}
