/** Where the bars of a heartbeat strip lie, and how they look. */
import type { ProbeRecord } from '../../proxy-core/model/probe-record.ts'
import type { Ink } from './ink.ts'

export interface Beats {
  readonly probes: readonly Pick<ProbeRecord, 'hasPassed'>[]
  /** Slots; the newest probe is in the rightmost. */
  readonly capacity: number
  readonly width: number
  readonly height: number
  /** Index of the probe that is read out. */
  readonly chosen: number
  readonly ink: Ink
}

const GAP = 2
/** Height of a passed bar; a failed one is full and split, so that shape tells them apart. */
const PASSED_SHARE = 0.55
const SPLIT = 3

/** Index of the probe under `x`; null left of the oldest. */
export function beatAt(x: number, width: number, capacity: number, count: number): number | null {
  const slot = Math.floor((x / width) * capacity)
  const index = Math.min(slot, capacity - 1) - (capacity - count)
  return index >= 0 ? index : null
}

export function drawBeats(context: CanvasRenderingContext2D, beats: Beats): void {
  const { probes, capacity, width, height, chosen, ink } = beats
  const slot = width / capacity
  const bar = Math.max(1, slot - GAP)
  const first = capacity - probes.length
  context.fillStyle = ink.line
  for (let at = 0; at < first; at++) context.fillRect(at * slot, height - 2, bar, 2)
  probes.forEach((probe, at) => {
    const x = (first + at) * slot
    context.fillStyle = probe.hasPassed ? ink.ok : ink.down
    if (probe.hasPassed) {
      const tall = height * PASSED_SHARE
      context.fillRect(x, height - tall, bar, tall)
    } else {
      const half = (height - SPLIT) / 2
      context.fillRect(x, 0, bar, half)
      context.fillRect(x, half + SPLIT, bar, half)
    }
    if (at !== chosen) return
    context.fillStyle = ink['fg-1']
    context.fillRect(x, height - 2, bar, 2)
  })
}
