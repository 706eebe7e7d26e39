/**
 * The phase of one failover, and the transitions that led to it and that nobody has taken yet.
 * What is entered while an operator's word holds is his doing, and its reason begins with it.
 */
import type { FailoverPhase } from '../model/failover-state.ts'

export interface MachineTransition {
  /** Of the clock that the machine is told, in milliseconds. */
  readonly atMs: number
  readonly from: FailoverPhase
  readonly to: FailoverPhase
  readonly fromLevel: number
  readonly toLevel: number
  readonly isManual: boolean
  /** With the numbers that caused it. */
  readonly reason: string
}

export class PhaseRecord {
  #phase: FailoverPhase = 'normal'
  #sinceMs = 0
  #word: string | null = null
  #transitions: MachineTransition[] = []

  get phase(): FailoverPhase {
    return this.#phase
  }
  /** Since when phase and level are what they are. */
  get sinceMs(): number {
    return this.#sinceMs
  }
  /** Nothing has been entered since the last `take`. */
  get isEmpty(): boolean {
    return this.#transitions.length === 0
  }

  begin(nowMs: number): void {
    this.#sinceMs = nowMs
  }

  /** What an operator does now; it holds until `endWord`. */
  beginWord(word: string): void {
    this.#word = word
  }

  endWord(): void {
    this.#word = null
  }

  /** Also for a phase that stays, when the level changes or an operator is to be told. */
  enter(step: Omit<MachineTransition, 'from' | 'isManual'>): void {
    const { atMs, to, fromLevel, toLevel, reason } = step
    this.#transitions.push({
      ...{ atMs, from: this.#phase, to, fromLevel, toLevel },
      isManual: this.#word !== null,
      reason: this.#word === null ? reason : `${this.#word}; ${reason}`
    })
    this.#phase = to
    this.#sinceMs = atMs
  }

  /** The transitions since the last call, the oldest first. */
  take(): readonly MachineTransition[] {
    const taken = this.#transitions
    this.#transitions = []
    return taken
  }
}
