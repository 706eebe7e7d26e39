/** A failover machine on a clock that moves when the test says so, with levels that it sets. */
import { DEFAULT_FAILOVER } from '../../model/default-settings.ts'
import type { FailoverSettings } from '../../model/settings.ts'
import { FailoverMachine } from '../failover-machine.ts'
import type { Latch } from '../latch.ts'
import type { Levels } from '../level-view.ts'
import type { MachineTransition } from '../phase-record.ts'

export class MachineLab {
  readonly machine: FailoverMachine
  readonly transitions: MachineTransition[] = []
  nowMs = 0
  #levels: Levels

  /** `totals`: backends of level 0, 1, …, all eligible. */
  constructor(
    settings: Partial<FailoverSettings> = {},
    totals: readonly number[] = [2, 2],
    latch: Latch | null = null
  ) {
    this.machine = new FailoverMachine({ ...DEFAULT_FAILOVER, ...settings }, latch)
    this.#levels = totals.map((total, level) => ({ level, total, eligible: total }))
  }

  get levels(): Levels {
    return this.#levels
  }

  /** The first look. */
  begin(): this {
    return this.#advance()
  }

  /** Eligible backends of level 0, 1, … from now on. */
  set(...eligible: readonly number[]): this {
    this.#levels = this.#levels.map((view, place) => ({
      ...view,
      eligible: eligible[place] ?? view.eligible
    }))
    return this.#advance()
  }

  /** Time goes on; the machine is woken when it asked for it. */
  wait(ms: number): this {
    const untilMs = this.nowMs + ms
    for (let left = 10_000; left > 0; left--) {
      const wakeMs = this.machine.wakeMs
      if (wakeMs === null || wakeMs > untilMs) break
      if (wakeMs < this.nowMs) throw new Error(`The machine wants to wake at ${wakeMs}.`)
      this.nowMs = wakeMs
      this.#advance()
    }
    this.nowMs = untilMs
    return this.#advance()
  }

  activate(level: number | null = null, isForced = false): boolean {
    this.#advance()
    const target = this.machine.target({ level, isForced })
    if (target.kind !== 'level') return false
    const { level: wanted, isForced: isHeld } = target
    const word = this.machine.activate({ level: wanted, isForced: isHeld, reason: 'test' })
    this.transitions.push(...(word ?? []))
    return word !== null
  }

  deactivate(): boolean {
    this.#advance()
    const word = this.machine.deactivate('test')
    this.transitions.push(...(word ?? []))
    return word !== null
  }

  /** "active 1", with what each level has: "active 1: 1=100%". */
  get state(): string {
    const { phase, level, shares } = this.machine
    const parts = [...shares]
      .sort(([a], [b]) => a - b)
      .map(([one, share]) => ` ${one}=${Math.round(share * 100)}%`)
    return `${phase} ${level}:${parts.join('')}`
  }

  #advance(): this {
    this.transitions.push(...this.machine.advance(this.nowMs, this.#levels))
    return this
  }
}
