/** Where the time of a request went: bars of every attempt on one scale. */
import type { Attempt, TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'

export const PHASES = ['queue', 'connect', 'first_byte', 'transfer', 'no_answer'] as const
export type Phase = (typeof PHASES)[number]

export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  queue: 'Queue',
  connect: 'Connect',
  first_byte: 'First byte',
  transfer: 'Transfer',
  no_answer: 'No answer'
}

export interface WaterfallBar {
  readonly phase: Phase
  readonly startMs: number
  readonly lengthMs: number
}

export interface WaterfallAttempt {
  readonly attempt: Attempt
  /** Between the end of the attempt before (or the request head) and this one: back-off, hold. */
  readonly waitedMs: number
  /** In order of time; phases without any time are left out. */
  readonly bars: readonly WaterfallBar[]
}

export interface Waterfall {
  readonly attempts: readonly WaterfallAttempt[]
  /** Right edge of the scale, from the request head. */
  readonly totalMs: number
  /** Round marks from 0, at most six. */
  readonly ticksMs: readonly number[]
}

/** Shorter waits are the proxy's own work and no step that anyone should read. */
const NOTABLE_WAIT_MS = 1

export function waterfallOf(sample: TrafficSample): Waterfall {
  const attempts: WaterfallAttempt[] = []
  let endMs = 0
  sample.attempts.forEach((attempt, at) => {
    const limitMs = sample.attempts[at + 1]?.startedMs ?? sample.durationMs
    const bars = barsOf(attempt, Math.max(limitMs, attempt.startedMs))
    const waitedMs = Math.max(0, attempt.startedMs - endMs)
    attempts.push({ attempt, bars, waitedMs: waitedMs < NOTABLE_WAIT_MS ? 0 : waitedMs })
    const last = bars.at(-1)
    endMs = last === undefined ? attempt.startedMs : last.startMs + last.lengthMs
  })
  const totalMs = Math.max(sample.durationMs, endMs, Number.MIN_VALUE)
  return { attempts, totalMs, ticksMs: roundTicks(totalMs) }
}

/** Steps of 1, 2 or 5 times a power of ten, so that at most six marks stand on the scale. */
export function roundTicks(totalMs: number): readonly number[] {
  if (!(totalMs > 0) || totalMs < 0.001) return [0]
  const rough = totalMs / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power
  const count = Math.floor(totalMs / step + 1e-9)
  return Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(6)))
}

/** A phase that did not end lasts until the attempt was given up. */
function barsOf(attempt: Attempt, limitMs: number): readonly WaterfallBar[] {
  const bars: WaterfallBar[] = []
  let atMs = attempt.startedMs
  const add = (phase: Phase, lengthMs: number): void => {
    if (lengthMs > 0) bars.push({ phase, startMs: atMs, lengthMs })
    atMs += Math.max(0, lengthMs)
  }
  add('queue', attempt.queueMs)
  add('connect', attempt.connectMs)
  if (attempt.firstByteMs < 0) {
    add('no_answer', limitMs - atMs)
    return bars
  }
  add('first_byte', attempt.firstByteMs)
  add('transfer', attempt.transferMs < 0 ? limitMs - atMs : attempt.transferMs)
  return bars
}
