/**
 * The failover machine of one pool at work: it gives the machine its time, wakes it when a wait or
 * a step of a ramp is due, reports its transitions, and keeps the operator's latch while the pool
 * has nothing to fail over to.
 */
import type { EventSink } from '../model/engine-event.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type {
  FailoverActivation,
  FailoverPreview,
  FailoverStatus
} from '../model/failover-report.ts'
import type { FailoverSettings } from '../model/settings.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { FailoverHistory } from './failover-history.ts'
import { FailoverMachine } from './failover-machine.ts'
import { previewOf, type StandbyBackend } from './failover-preview.ts'
import type { Latch } from './latch.ts'
import { describeLevel, homeLevel, type Levels } from './level-view.ts'
import type { MachineTransition } from './phase-record.ts'
import type { ServingCounts } from './progressive.ts'
import type { Shares } from './ramp.ts'

export interface FailoverSurroundings {
  readonly pool: string
  readonly clock: Clock
  readonly emit: EventSink
  /** Time alone has moved shares, or an operator has; `hasTransition`: by more than a step of a ramp. */
  readonly moved: (hasTransition: boolean) => void
}

export class FailoverControl {
  readonly #around: FailoverSurroundings
  readonly #history = new FailoverHistory()
  #settings: FailoverSettings
  /** null: the pool has one level, or its failover is switched off. */
  #machine: FailoverMachine | null = null
  #latch: Latch | null = null
  #levels: Levels = []
  #timer: Timer | null = null
  /** A wait that ends without a successor is no transition, but turns those who wait away. */
  #wasWaiting = false

  constructor(settings: FailoverSettings, around: FailoverSurroundings) {
    this.#settings = settings
    this.#around = around
  }

  get settings(): FailoverSettings {
    return this.#settings
  }
  get levels(): Levels {
    return this.#levels
  }
  get isOn(): boolean {
    return this.#machine !== null
  }
  get latch(): Latch | null {
    return this.#latch
  }
  get counts(): ServingCounts | null {
    return this.#machine?.counts ?? null
  }
  /** Nobody serves, and requests are to wait for the level that traffic belongs to. */
  get isWaiting(): boolean {
    return this.#machine?.isWaiting ?? false
  }

  /** Of the requests, 0 to 1, that nobody serves now and that are to wait. */
  get waitingShare(): number {
    return this.#machine?.waitingShare ?? 0
  }

  /** Level → share; together 1 without what waits, and empty when nothing serves. */
  get shares(): Shares {
    if (this.isWaiting) return NO_SHARES
    if (this.#machine !== null) {
      const { shares } = this.#machine
      return this.waitingShare === 0 ? shares : this.#served(shares)
    }
    const [home] = this.#levels
    return new Map(home === undefined || home.eligible === 0 ? [] : [[home.level, 1]])
  }

  /** The level with the largest share; -1 = nothing serves. */
  get activeLevel(): number {
    const { shares } = this
    const belongs = this.#machine?.level
    let active = -1
    for (const [level, share] of shares) {
      const most = shares.get(active) ?? 0
      if (share > most || (share === most && level === belongs)) active = level
    }
    return active
  }

  /** The latch that an operator left behind, before the first `advance`. */
  restore(latch: Latch): void {
    this.#latch = latch
  }

  /** `advance` has to follow. */
  configure(settings: FailoverSettings): void {
    this.#settings = settings
    this.#machine?.configure(settings)
  }

  /** The levels of the pool as they are now. */
  advance(levels: Levels): void {
    this.#levels = levels
    const isWanted = this.#settings.isEnabled && levels.length > 1
    if (!isWanted) this.#machine = null
    else this.#machine ??= new FailoverMachine(this.#settings, this.#latch)
    this.#run()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  status(): FailoverStatus {
    const { clock, pool } = this.#around
    const machine = this.#machine
    const wallOffsetMs = clock.wallNow() - clock.now()
    const { mode, strategy, failback } = this.#settings
    const dueMs = machine?.dueMs ?? null
    return {
      ...{ pool, isEnabled: this.isOn, mode, strategy, failback },
      isFailedOver: this.#history.isAway,
      phase: machine?.phase ?? 'normal',
      activeLevel: this.activeLevel,
      level: machine?.level ?? homeLevel(this.#levels),
      isWaiting: this.isWaiting,
      obstacle: this.#obstacle,
      latchedLevel: this.#latch?.level ?? null,
      isLatchForced: this.#latch?.isForced ?? false,
      latchReason: this.#latch?.reason ?? null,
      sinceMs: Math.round((machine?.sinceMs ?? 0) + wallOffsetMs),
      dueAtMs: dueMs === null ? null : Math.round(dueMs + wallOffsetMs),
      levels: this.#levels.map(({ level, total, eligible }) => ({
        ...{ level, backends: total, eligible },
        share: this.shares.get(level) ?? 0,
        isLost: eligible < this.#settings.minEligible
      })),
      transitions: [...this.#history.transitions],
      activations: this.#history.activations,
      lastActivationMs: this.#history.lastActivationMs,
      lastDurationMs: this.#history.lastDurationMs(clock.wallNow())
    }
  }

  /** Throws FAILOVER_NOT_CONFIGURED, or NO_STANDBY for a level that the pool does not have. */
  preview(
    activation: FailoverActivation,
    backends: readonly (StandbyBackend & { readonly level: number })[]
  ): FailoverPreview {
    const machine = this.#switching()
    const target = machine.target(activation)
    if (target.kind === 'unknown_level') throw this.#unknownLevel(target.level)
    return previewOf({
      status: this.status(),
      settings: this.#settings,
      target,
      isForced: activation.isForced,
      isRepeated: target.kind === 'level' && machine.holds(target),
      backends: backends.filter(({ level }) => level === target.level)
    })
  }

  /** Whether anything changed. Throws FAILOVER_NOT_CONFIGURED or NO_STANDBY. */
  activate(activation: FailoverActivation): boolean {
    const machine = this.#switching()
    this.#run()
    const target = machine.target(activation)
    if (target.kind === 'unknown_level') throw this.#unknownLevel(target.level)
    if (target.kind === 'no_standby') throw this.#noStandby(target.level)
    const { level, isForced } = target
    return this.#obey(machine.activate({ level, isForced, reason: activation.reason }))
  }

  /**
   * Whether anything changed. Throws FAILOVER_NOT_CONFIGURED where nothing can be switched and
   * nothing is latched.
   */
  deactivate(reason: string): boolean {
    if (this.#latch !== null && this.#obstacle !== null) return this.#forget(reason)
    const machine = this.#switching()
    this.#run()
    return this.#obey(machine.deactivate(reason))
  }

  #served(shares: Shares): Shares {
    const serving = this.#levels.filter(({ eligible }) => eligible > 0).map(({ level }) => level)
    return new Map([...shares].filter(([level]) => serving.includes(level)))
  }

  #obey(transitions: readonly MachineTransition[] | null): boolean {
    if (transitions === null) return false
    this.#latch = this.#machine?.latch ?? null
    this.#wasWaiting = this.isWaiting
    this.#report(transitions)
    this.#schedule()
    this.#around.moved(true)
    return true
  }

  /** A latch that steers nothing now would move all traffic when a reload brings the switch back. */
  #forget(reason: string): boolean {
    const phase = this.#machine?.phase ?? 'normal'
    const level = this.#machine?.level ?? homeLevel(this.#levels)
    this.#machine?.forget()
    this.#latch = null
    const state = describeLevel(this.#levels, level)
    this.#report([
      {
        ...{ atMs: this.#around.clock.now(), from: phase, to: phase },
        ...{ fromLevel: level, toLevel: level, isManual: true },
        reason: `an operator released the failover (${reason}); ${state}, nothing moves`
      }
    ])
    this.#around.moved(true)
    return true
  }

  /** Whether more than a step of a ramp came of it. */
  #run(): boolean {
    const transitions = this.#machine?.advance(this.#around.clock.now(), this.#levels) ?? []
    const hasWaitChanged = this.#wasWaiting !== this.isWaiting
    this.#wasWaiting = this.isWaiting
    this.#report(transitions)
    this.#schedule()
    return transitions.length > 0 || hasWaitChanged
  }

  #report(transitions: readonly MachineTransition[]): void {
    const { clock, pool, emit } = this.#around
    const wallMs = clock.wallNow()
    const agoMs = clock.now()
    for (const { atMs, ...step } of transitions) {
      this.#history.note({ ...step, atMs: Math.round(wallMs - agoMs + atMs) })
      emit({ kind: 'failover', pool, ...step })
    }
    this.#history.see(this.#machine?.isAway ?? false, wallMs)
  }

  #schedule(): void {
    this.stop()
    const wakeMs = this.#machine?.wakeMs ?? null
    if (wakeMs === null) return
    const { clock, moved } = this.#around
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = null
        moved(this.#run())
      },
      Math.max(0, wakeMs - clock.now())
    )
  }

  /** Why an operator has nothing to switch; null: he has. */
  get #obstacle(): string | null {
    const { isEnabled, mode } = this.#settings
    if (!isEnabled) return 'its failover is switched off (`failover.enabled: false`)'
    if (mode !== 'switch') return `its mode is ${mode}, which has no switch to move`
    if (this.#machine !== null) return null
    return `all of its backends are on level ${homeLevel(this.#levels)}`
  }

  #switching(): FailoverMachine {
    const { pool } = this.#around
    const machine = this.#machine
    const why = this.#obstacle
    if (machine !== null && why === null) return machine
    const message = `Pool ${pool} cannot be switched by hand: ${why}.`
    throw new SwitchyardError('FAILOVER_NOT_CONFIGURED', message, { pool })
  }

  #unknownLevel(level: number): SwitchyardError {
    const { pool } = this.#around
    const known = this.#levels.map((view) => view.level).join(', ')
    const message = `Pool ${pool} has no level ${level}; it has ${known}.`
    return new SwitchyardError('NO_STANDBY', message, { pool, level })
  }

  #noStandby(level: number): SwitchyardError {
    const { pool } = this.#around
    const { eligible, total } = this.#levels.find((view) => view.level === level) ?? NOBODY
    const needed = this.#settings.minEligible
    const message = `No level of pool ${pool} could take over: level ${level} has ${eligible} of ${total} eligible backends and needs ${needed}.`
    return new SwitchyardError('NO_STANDBY', message, { pool, level, eligible, needed })
  }
}

const NO_SHARES: Shares = new Map()
const NOBODY = { eligible: 0, total: 0 }
