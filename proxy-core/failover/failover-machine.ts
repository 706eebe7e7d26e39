/**
 * The failover of one pool as a machine: time, levels and the operator's word go in, the shares of
 * the levels come out. It knows neither sockets nor timers, so the same trace gives the same
 * decisions. docs/reference/failover.md has its table, and a test walks it.
 *
 * One principle keeps it calm: at need traffic goes to any level that can serve, by choice only to
 * one that has been healthy for `recovery_interval` without a break.
 */
import type { FailoverPhase } from '../model/failover-state.ts'
import type { FailoverSettings } from '../model/settings.ts'
import { formatDuration } from '../model/units.ts'
import { canHold, type Hold, type Latch } from './latch.ts'
import { LevelSurvey } from './level-survey.ts'
import { LevelTraffic } from './level-traffic.ts'
import type { Levels } from './level-view.ts'
import { activationTarget, successorOf, type ActivationTarget, type Request } from './next-level.ts'
import { PhaseRecord, type MachineTransition } from './phase-record.ts'
import type { ServingCounts } from './progressive.ts'
import type { Shares } from './ramp.ts'

export class FailoverMachine {
  #settings: FailoverSettings
  readonly #survey: LevelSurvey
  readonly #traffic: LevelTraffic
  readonly #record = new PhaseRecord()
  #latch: Latch | null
  /** Since when the active level is lost and waited for. */
  #pendingSinceMs: number | null = null
  /** An operator has allowed the return that `failback: manual` leaves to him. */
  #isReleased = false
  /** The panic rule has put traffic where it is: by choice it leaves only for a proven level. */
  #isPanicking = false
  #hasBegun = false

  constructor(settings: FailoverSettings, latch: Latch | null = null) {
    this.#settings = settings
    this.#survey = new LevelSurvey(settings)
    this.#traffic = new LevelTraffic(this.#survey)
    this.#latch = latch
  }

  get phase(): FailoverPhase {
    return this.#record.phase
  }
  /** Since when phase and level are what they are. */
  get sinceMs(): number {
    return this.#record.sinceMs
  }
  /** Where traffic belongs; while a ramp runs, where it goes to. */
  get level(): number {
    return this.#traffic.level
  }
  get latch(): Latch | null {
    return this.#settings.mode === 'switch' ? this.#latch : null
  }
  /** Anything but the home level serves a part, or has all that there is. */
  get isAway(): boolean {
    return this.#traffic.isAway
  }
  /** Level → share, together 1; empty when nothing serves and nothing is waited for. */
  get shares(): Shares {
    return this.#traffic.shares
  }
  /** `progressive`: how many backends of each level serve; otherwise null. */
  get counts(): ServingCounts | null {
    return this.#traffic.counts
  }
  /** New requests wait for a level that may come back; nobody serves them meanwhile. */
  get isWaiting(): boolean {
    return this.#isDelaying && this.#survey.eligible(this.level) === 0
  }
  /** Of the requests, 0 to 1, that nobody serves now and that are to wait. */
  get waitingShare(): number {
    return this.isWaiting ? 1 : this.#traffic.emptiedShare
  }
  /** When the wait or the ramp that runs will be over if nothing changes. */
  get dueMs(): number | null {
    const { rampEndMs } = this.#traffic
    if (rampEndMs !== null) return rampEndMs
    if (!this.#isDelaying && !this.#isUsable(this.level)) return null
    const waits = this.#returnTargets.map((level) => this.#survey.provenAtMs(level) ?? Infinity)
    if (this.#isDelaying) waits.push(this.#pendingSinceMs! + this.#settings.delayMs)
    return waits.length > 0 ? Math.min(...waits) : null
  }
  /** When `advance` has something to do at the latest; null = not before something changes. */
  get wakeMs(): number | null {
    if (this.#settings.mode !== 'switch') return null
    const { rampStepMs } = this.#traffic
    const { nextProofMs } = this.#survey
    const delayMs = this.#isDelaying ? this.#pendingSinceMs! + this.#settings.delayMs : Infinity
    const next = Math.min(rampStepMs ?? Infinity, delayMs, nextProofMs ?? Infinity)
    return next === Infinity ? null : next
  }

  /** `advance` has to follow. */
  configure(settings: FailoverSettings): void {
    this.#settings = settings
    this.#survey.configure(settings)
    if (settings.mode === 'switch') return
    this.#traffic.dropRamp()
    this.#pendingSinceMs = null
  }

  /** Time went on, or a level changed. */
  advance(nowMs: number, levels: Levels): readonly MachineTransition[] {
    this.#survey.look(nowMs, levels)
    if (this.#settings.mode === 'switch') {
      if (!this.#hasBegun) this.#begin()
      this.#settle()
      this.#traffic.update(this.isWaiting)
    } else this.#divide()
    this.#hasBegun = true
    return this.#record.take()
  }

  /** Where an activation would lead now. */
  target(request: Request): ActivationTarget {
    return activationTarget(request, {
      levels: this.#survey.levels,
      activeLevel: this.level,
      latch: this.#latch,
      minEligible: this.#settings.minEligible
    })
  }

  /** Whether an activation would change nothing: it was so already. */
  holds(latch: Hold): boolean {
    const before = this.#latch
    const isSame = before?.level === latch.level && before.isForced === latch.isForced
    return isSame && !this.#isFree(latch)
  }

  /** After `advance` at the same time. null: it was so already. */
  activate(latch: Latch): readonly MachineTransition[] | null {
    if (this.holds(latch)) return null
    const isFree = this.#isFree(latch)
    this.#latch = latch
    this.#isReleased = false
    this.#record.beginWord(`an operator activated the failover (${latch.reason})`)
    const state = this.#survey.describe(latch.level)
    if (isFree) {
      const rampMs = this.#settings.strategy === 'graceful' ? this.#settings.rampMs : 0
      this.#move(latch.level, rampMs, state, false)
    } else if (this.phase !== 'pending') {
      this.#enter(this.#traffic.isRamping ? 'switching' : 'latched', this.level, state)
    }
    return this.#finishWord()
  }

  /** After `advance` at the same time. null: there was nothing to release. */
  deactivate(reason: string): readonly MachineTransition[] | null {
    const { home } = this.#survey
    const isHeldBack = this.#settings.failback === 'manual' && this.level !== home
    if (this.#latch === null && (!isHeldBack || this.#isReleased)) return null
    this.#latch = null
    this.#isReleased = true
    this.#record.beginWord(`an operator released the failover (${reason})`)
    this.#settle()
    if (this.phase === 'latched') {
      this.#enter(this.#settledPhase, this.level, this.#survey.describe(home))
    }
    return this.#finishWord()
  }

  /** Releases a latch that steers nothing, as in a mode without a switch: nothing moves. */
  forget(): void {
    this.#latch = null
  }

  get #settledPhase(): FailoverPhase {
    if (this.#latch !== null) return 'latched'
    return this.level === this.#survey.home ? 'normal' : 'active'
  }

  get #isDelaying(): boolean {
    const since = this.#pendingSinceMs
    return since !== null && this.#survey.nowMs < since + this.#settings.delayMs
  }

  /** The first look finds a state and no loss: no strategy, no wait. */
  #begin(): void {
    const { home, levels, nowMs } = this.#survey
    const chosen = this.#latch?.level
    const wanted = levels.some(({ level }) => level === chosen) ? chosen! : home
    this.#record.begin(nowMs)
    this.#traffic.place(wanted)
    if (!this.#isUsable(wanted)) this.#traffic.place(this.#successor() ?? wanted)
    const phase = this.#settledPhase
    if (phase === 'normal') return
    const latch = this.#latch
    if (latch !== null) this.#record.beginWord(`an operator had activated it (${latch.reason})`)
    this.#enter(phase, home, `found so at the start: ${this.#survey.describe(wanted)}`)
    this.#record.endWord()
  }

  /** Each step ends a wait or a ramp or leaves a level, so there are few at one moment. */
  #settle(): void {
    for (let left = 2 * this.#survey.levels.length + 4; left > 0 && this.#step(); left--);
  }

  #step(): boolean {
    if (this.#endRamp()) return true
    return this.#isUsable(this.level) ? this.#keep() : this.#lose()
  }

  #endRamp(): boolean {
    const why = this.#traffic.endRamp()
    if (why === null) return false
    this.#enter(this.#settledPhase, this.level, why)
    return true
  }

  /** The active level can serve. */
  #keep(): boolean {
    if (this.#pendingSinceMs !== null) {
      const lostMs = Math.round(this.#survey.nowMs - this.#pendingSinceMs)
      this.#pendingSinceMs = null
      const state = this.#survey.describe(this.level)
      this.#enter(this.#settledPhase, this.level, `${state}, ${lostMs} ms after its loss`)
      return true
    }
    if (this.#survey.isPanic) return this.#panic()
    this.#isPanicking = false
    return this.#failBack()
  }

  /** No level has `min_eligible`: the first that has any eligible backend serves. */
  #panic(): boolean {
    this.#isPanicking = true
    const first = this.#survey.firstAlive
    if (this.#latch !== null || first === null || first >= this.level) return false
    this.#move(first, 0, this.#panicReason(first), false)
    return true
  }

  #lose(): boolean {
    const { strategy, delayMs, rampMs } = this.#settings
    const { isPanic } = this.#survey
    const mayWait = !this.#traffic.isRamping && this.#survey.hasBackends(this.level) && !isPanic
    if (strategy === 'delayed' && mayWait && delayMs > 0) {
      if (this.#pendingSinceMs === null) return this.#beginWait()
      if (this.#isDelaying) return this.#return()
    }
    const to = this.#successor()
    if (to === null) return false
    const hasRest = this.#survey.eligible(this.level) > 0
    if (this.#isPanicking && hasRest && !this.#survey.isProven(to)) return false
    const isGradual =
      strategy === 'graceful' && mayWait && (hasRest || this.#settings.holdsRequests)
    const why = isPanic ? this.#panicReason(to) : this.#lossReason(to)
    this.#move(to, isGradual ? rampMs : 0, why, false)
    this.#isPanicking = isPanic
    return true
  }

  #beginWait(): boolean {
    this.#pendingSinceMs = this.#survey.nowMs
    const { delayMs, minEligible } = this.#settings
    const state = this.#survey.describe(this.level)
    const wait = `traffic leaves it in ${formatDuration(delayMs)} unless it recovers`
    this.#enter('pending', this.level, `${state} and needs ${minEligible}; ${wait}`)
    return true
  }

  /** Traffic returns to where it belongs, if that has proven its health. */
  #return(): boolean {
    const proven = this.#returnTargets.find((level) => this.#survey.isProven(level))
    if (proven === undefined) return false
    const { failbackRampMs, recoveryIntervalMs } = this.#settings
    const interval = formatDuration(recoveryIntervalMs)
    const why = `${this.#survey.describe(proven)}, healthy for ${interval} without a break`
    this.#move(proven, failbackRampMs, why, true)
    return true
  }

  /** Traffic returns now, or it is told what it waits for. */
  #failBack(): boolean {
    if (this.#return()) return true
    if (this.#traffic.isRamping) return false
    const targets = this.#returnTargets
    const interval = formatDuration(this.#settings.recoveryIntervalMs)
    const isWaiting = targets.length > 0 && this.#latch === null
    const phase = isWaiting ? 'recovering' : this.#settledPhase
    if (phase === this.phase) return false
    const state = this.#survey.describe(targets[0] ?? this.#survey.home)
    const next = isWaiting ? `traffic returns after ${interval} without a break` : 'traffic stays'
    this.#enter(phase, this.level, `${state}; ${next}`)
    return true
  }

  /** Healthy levels that traffic would rather be on and may return to, the best first. */
  get #returnTargets(): readonly number[] {
    const latch = this.#latch
    const { levels } = this.#survey
    if (latch !== null) {
      const isWanted = latch.level !== this.level && this.#survey.isHealthy(latch.level)
      return isWanted ? [latch.level] : []
    }
    if (this.#settings.failback === 'manual' && !this.#isReleased) return []
    return levels
      .map(({ level }) => level)
      .filter((level) => level < this.level && this.#survey.isHealthy(level))
  }

  #isUsable(level: number): boolean {
    const latch = this.#latch
    return (
      this.#survey.isUsable(level) ||
      (latch !== null && latch.level === level && canHold(latch, this.#survey))
    )
  }

  /** Traffic is elsewhere and could be there. */
  #isFree(latch: Hold): boolean {
    return this.level !== latch.level && canHold(latch, this.#survey)
  }

  #successor(): number | null {
    const returns = this.#returnTargets
    return successorOf({
      levels: this.#survey.levels,
      level: this.level,
      shares: this.#traffic.rampShares,
      latchedLevel: this.#latch?.level ?? null,
      isPanic: this.#survey.isPanic,
      isUsable: (level) => this.#isUsable(level),
      mayReturnTo: (level) => returns.includes(level) && this.#survey.isProven(level)
    })
  }

  #move(to: number, durationMs: number, why: string, isReturn: boolean): void {
    const fromLevel = this.level
    const { strategy, holdsRequests } = this.#settings
    this.#traffic.move(to, durationMs, holdsRequests && strategy === 'graceful' && !isReturn)
    this.#pendingSinceMs = null
    if (!this.#traffic.isRamping) return this.#enter(this.#settledPhase, fromLevel, why)
    const phase = isReturn && this.#latch === null ? 'recovering' : 'switching'
    this.#enter(phase, fromLevel, `${why}; its share grows over ${formatDuration(durationMs)}`)
  }

  #divide(): void {
    if (!this.#hasBegun) this.#traffic.place(this.#survey.home)
    const fromLevel = this.level
    const { level, isWhole } = this.#traffic.divide(this.#settings)
    if (level === null) return
    const phase = isWhole ? 'normal' : 'active'
    if (phase === this.phase && fromLevel === level) return
    this.#enter(phase, fromLevel, this.#survey.describe(this.#survey.home))
  }

  #enter(to: FailoverPhase, fromLevel: number, reason: string): void {
    if (to === 'normal') this.#isReleased = false
    const atMs = this.#survey.nowMs
    this.#record.enter({ atMs, to, fromLevel, toLevel: this.level, reason })
  }

  /** What an operator changes is always told, and so kept, also where nothing moves yet. */
  #finishWord(): readonly MachineTransition[] {
    this.#settle()
    if (this.#record.isEmpty) {
      this.#enter(this.phase, this.level, this.#survey.describe(this.level))
    }
    this.#record.endWord()
    this.#traffic.update(this.isWaiting)
    return this.#record.take()
  }

  #lossReason(to: number): string {
    const lost = this.#survey.describe(this.level)
    return `${lost} and needs ${this.#settings.minEligible}; ${this.#survey.describe(to)}`
  }

  #panicReason(to: number): string {
    const { minEligible } = this.#settings
    return `no level has ${minEligible} eligible backends; ${this.#survey.describe(to)}`
  }
}
