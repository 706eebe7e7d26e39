/**
 * Deadlines of connections by the ten thousand: a hashed timing wheel (Varghese and Lauck,
 * 1987) whose entries move only when a deadline becomes earlier. Putting a deadline off,
 * which every request does several times, is one store.
 *
 * Resolution is one tick: a deadline fires up to TICK_MS late and never early.
 */
import type { Clock, Timer } from './clock.ts'

export const TICK_MS = 50
const SLOTS = 1024
const NOT_QUEUED = -1
const NEVER = -1

/** Something with a deadline. Create by extending; every field belongs to the wheel. */
export abstract class Deadlined {
  /**
   * The tick at which the deadline is over, or NEVER. A small integer, as `tick`: V8 keeps
   * fractional numbers in boxes of their own, and a thousand connections have cold ones.
   */
  dueTick = NEVER
  /** The tick whose slot holds the entry: at most `dueTick`. */
  tick = NOT_QUEUED
  previous: Deadlined | null = null
  next: Deadlined | null = null
  abstract deadlineReached(): void
}

export class DeadlineWheel {
  readonly #clock: Clock
  readonly #ticked: (nowMs: number) => void
  readonly #slots: (Deadlined | null)[] = new Array<Deadlined | null>(SLOTS).fill(null)
  #timer: Timer | null = null
  #size = 0
  /** The last tick whose slot was emptied. */
  #currentTick: number

  /** `ticked` is told the time of every tick, before anything is due. */
  constructor(clock: Clock, ticked: (nowMs: number) => void = () => undefined) {
    this.#clock = clock
    this.#ticked = ticked
    this.#currentTick = this.#tickOf(clock.now())
  }

  get size(): number {
    return this.#size
  }

  /** `deadlineMs` in `Clock.now` milliseconds; Infinity = none. */
  set(entry: Deadlined, deadlineMs: number): void {
    if (deadlineMs === Infinity) {
      entry.dueTick = NEVER
      return
    }
    const tick = this.#tickOf(deadlineMs) + 1
    entry.dueTick = tick
    if (entry.tick !== NOT_QUEUED) {
      if (tick >= entry.tick) return
      this.#unlink(entry)
    }
    this.#link(entry, tick)
  }

  remove(entry: Deadlined): void {
    entry.dueTick = NEVER
    if (entry.tick !== NOT_QUEUED) this.#unlink(entry)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #tickOf(timeMs: number): number {
    return Math.floor(timeMs / TICK_MS)
  }

  #link(entry: Deadlined, wantedTick: number): void {
    if (this.#timer === null) this.#start()
    const earliest = this.#currentTick + 1
    const latest = this.#currentTick + SLOTS - 1
    const tick = wantedTick < earliest ? earliest : wantedTick > latest ? latest : wantedTick
    const slot = tick % SLOTS
    const head = this.#slots[slot] ?? null
    entry.tick = tick
    entry.previous = null
    entry.next = head
    if (head !== null) head.previous = entry
    this.#slots[slot] = entry
    this.#size++
  }

  #unlink(entry: Deadlined): void {
    const { previous, next } = entry
    if (previous === null) this.#slots[entry.tick % SLOTS] = next
    else previous.next = next
    if (next !== null) next.previous = previous
    entry.previous = entry.next = null
    entry.tick = NOT_QUEUED
    this.#size--
  }

  #start(): void {
    this.#currentTick = this.#tickOf(this.#clock.now())
    this.#timer = this.#clock.setInterval(() => this.#advance(), TICK_MS)
  }

  #advance(): void {
    const nowMs = this.#clock.now()
    this.#ticked(nowMs)
    const target = this.#tickOf(nowMs)
    // After a long pause every slot is due once; going round twice would find nothing more.
    if (target - this.#currentTick > SLOTS) this.#currentTick = target - SLOTS
    while (this.#currentTick < target) {
      this.#currentTick++
      this.#expire(this.#currentTick % SLOTS)
    }
    if (this.#size === 0) this.stop()
  }

  /** Takes entries off one by one: what a callback removes or adds must not confuse the walk. */
  #expire(slot: number): void {
    for (let entry = this.#slots[slot]; entry; entry = this.#slots[slot]) {
      this.#unlink(entry)
      this.#settle(entry)
    }
  }

  /** Fires an entry whose time has come; one whose deadline was put off is queued again. */
  #settle(entry: Deadlined): void {
    if (entry.dueTick === NEVER) return
    if (entry.dueTick > this.#currentTick) {
      this.#link(entry, entry.dueTick)
      return
    }
    entry.dueTick = NEVER
    entry.deadlineReached()
  }
}
