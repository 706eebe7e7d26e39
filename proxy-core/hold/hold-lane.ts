/**
 * Requests of one pool that wait for the same backends, in the order in which they came. A pool
 * has one lane, unless its keys are bound to single backends: then each partition has its own, and
 * nobody stands behind those who wait for another backend.
 */
import type { Exchange } from '../exchange/exchange.ts'
import { RequestQueue } from '../pool/request-queue.ts'
import type { Timer } from '../time/clock.ts'
import { ReleasePace } from './release-pace.ts'

export class HoldLane {
  readonly id: number
  readonly queue = new RequestQueue()
  readonly pace = new ReleasePace()
  /** Runs while the next try is waited for. */
  timer: Timer | null = null

  constructor(id: number) {
    this.id = id
  }

  get first(): Exchange | null {
    return this.queue.first
  }
  /** Nobody waits, and nobody who did is under way. */
  get isIdle(): boolean {
    return this.queue.length === 0 && this.pace.flying === 0
  }

  stop(): void {
    this.timer?.cancel()
    this.timer = null
  }
}
