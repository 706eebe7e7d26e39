/** Which neighbouring segments are worth being written anew as one. */
import type { Segment } from './segment.ts'

/** So long a segment may be mostly garbage: most are settled as a whole soon after. */
export const LIGHT_MS = 30_000
/** A segment of which less is live is light. */
const LIGHT_SHARE = 0.25
/** While the buffer is nearly full. */
const PRESSED_SHARE = 0.75
/** So many small neighbours are merged although nothing of them is garbage. */
const MERGED_COUNT = 8
/** A segment under this part of the full size is small. */
const SMALL_PART = 8
/** Garbage under this is not worth a new file. */
const TINY_BYTES = 4096
/** An index has 32 bits for a seq behind its segment's first one. */
const MAX_SPAN = 2 ** 32

export interface LightRule {
  readonly nowMs: number
  /** The buffer is nearly full. */
  readonly isPressed: boolean
  /** Of a full segment. */
  readonly segmentBytes: number
}

/** Marks since when each segment is light. */
export function markLight(segments: readonly Segment[], nowMs: number): void {
  for (const segment of segments) {
    const isLight = !segment.isOpen && isUnder(segment, LIGHT_SHARE)
    if (!isLight) segment.lightSinceMs = null
    else segment.lightSinceMs ??= nowMs
  }
}

/** The first run that is worth it; null: none is. */
export function lightRun(segments: readonly Segment[], rule: LightRule): readonly Segment[] | null {
  let run: Segment[] = []
  for (const segment of segments) {
    if (run.length > 0 && !fits(run, segment, rule)) {
      if (isWorthwhile(run, rule)) return run
      run = []
    }
    if (isCandidate(segment, rule)) run.push(segment)
    else if (run.length > 0) {
      if (isWorthwhile(run, rule)) return run
      run = []
    }
  }
  return isWorthwhile(run, rule) ? run : null
}

function isCandidate(segment: Segment, rule: LightRule): boolean {
  if (segment.isOpen || segment.liveCount === 0 || segment.growing !== null) return false
  return isLight(segment, rule) || isSmall(segment, rule)
}

function isLight(segment: Segment, { nowMs, isPressed }: LightRule): boolean {
  if (isPressed) return isUnder(segment, PRESSED_SHARE)
  return segment.lightSinceMs !== null && nowMs - segment.lightSinceMs >= LIGHT_MS
}

function isSmall(segment: Segment, { segmentBytes }: LightRule): boolean {
  return segment.dataBytes * SMALL_PART <= segmentBytes
}

function isUnder({ liveBytes, dataBytes }: Segment, share: number): boolean {
  return liveBytes < dataBytes * share
}

function fits(run: readonly Segment[], next: Segment, { segmentBytes }: LightRule): boolean {
  const liveBytes = run.reduce((sum, one) => sum + one.liveBytes, next.liveBytes)
  return liveBytes <= segmentBytes / 2 && next.endSeq - run[0]!.firstSeq < MAX_SPAN
}

function isWorthwhile(run: readonly Segment[], rule: LightRule): boolean {
  if (run.length === 0) return false
  const smallCount = run.filter((segment) => isSmall(segment, rule)).length
  if (smallCount >= MERGED_COUNT) return true
  return run.some((segment) => isLight(segment, rule) && !isTiny(segment))
}

/** What is left of a compaction is light again at once when one more entry is settled. */
function isTiny({ dataBytes, liveBytes }: Segment): boolean {
  return dataBytes - liveBytes < TINY_BYTES
}
