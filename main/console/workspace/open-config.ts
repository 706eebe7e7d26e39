/**
 * The configuration that is open: what runs, what is on disk, what is staged, and how one becomes
 * another. The file on disk is the truth: an applied text is loaded by the engine first and
 * written then, so whoever is killed in between leaves the old file and the staged edit.
 * Calls must not overlap; `Workspace` sees to that.
 */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { ConfigProblemLine } from '../../../preload/contract/workspace-state.ts'
import type { LoadOutcome } from '../../engine-host/engine-link.ts'
import { configChanges, isSameMeaning, type ConfigChanges } from './changes/config-changes.ts'
import { applicable } from './applicable-text.ts'
import type { ConfigRestart } from './config-desk.ts'
import { isMissing, type ConfigOrigin } from './config-origin.ts'
import {
  isValid,
  readConfigText,
  wholeFileProblem,
  type ConfigText,
  type ValidText
} from './config-text.ts'
import type { EngineSeat } from './engine-seat.ts'
import { EngineSwitch, restartBetween } from './engine-switch.ts'
import type { SessionTexts } from './session-texts.ts'
import { receiveText, shownProblems, type ReceivedText } from './shown-text.ts'
import type { StagedEdit } from './staged-edit.ts'
import type { StagedFile } from './staged-file.ts'
import { Staging } from './staging.ts'

export interface OpenConfigParts {
  readonly origin: ConfigOrigin
  readonly engine: EngineSeat
  /** null: what is staged does not outlive the console. */
  readonly stagedFile: StagedFile | null
  readonly texts: SessionTexts
}

/** What became of a change that another program made. */
export type OutsideChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'loaded'; readonly changes: readonly string[] }
  /** Somebody edits here: it waits. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The engine is down at the moment: look again. */
  | { readonly kind: 'engine_down' }

export interface AppliedChange {
  readonly changes: readonly string[]
  readonly before: ValidText | null
  readonly now: ValidText
  /** What was on disk and had never run; null = nothing was lost. */
  readonly replaced: ConfigText | null
}

/** Of the disk where the file is not there, or cannot be read. */
const NO_HASH = ''

export class OpenConfig {
  readonly origin: ConfigOrigin
  readonly #engine: EngineSeat
  readonly #switch: EngineSwitch
  readonly #staging: Staging
  readonly #texts: SessionTexts
  #disk: ConfigText | null = null
  #isDeleted = false
  #running: ValidText | null = null
  /** Why the text on disk does not run although it could be read as one; null: it does. */
  #refusal: string | null = null

  constructor({ origin, engine, stagedFile, texts }: OpenConfigParts) {
    this.origin = origin
    this.#engine = engine
    this.#switch = new EngineSwitch(engine)
    this.#staging = new Staging(origin, stagedFile)
    this.#texts = texts
  }

  get running(): ValidText | null {
    return this.#running
  }

  /** null: it is not there, or cannot be read. */
  get disk(): ConfigText | null {
    return this.#disk
  }

  get diskHash(): string {
    return this.#disk?.hash ?? NO_HASH
  }

  get isDeleted(): boolean {
    return this.#isDeleted
  }

  get staged(): StagedEdit | null {
    return this.#staging.current
  }

  /** Secrets of what is staged that ended with the console into which they were typed. */
  get lostSecrets(): number {
    return this.#staging.lostSecrets
  }

  /** The file has changed since the staged edit began. */
  get isChangedUnderneath(): boolean {
    const { staged, diskHash } = this
    return staged !== null && diskHash !== staged.baseHash && diskHash !== staged.config.hash
  }

  /** The text on disk would be loaded if nothing were staged. */
  get isDiskWaiting(): boolean {
    const disk = this.#disk
    return disk !== null && isValid(disk) && disk.hash !== this.#running?.hash
  }

  /** Of the text on disk where it was refused. */
  get problems(): readonly ConfigProblemLine[] {
    const disk = this.#disk
    const whole = this.#refusal === null ? [] : [wholeFileProblem(this.#refusal)]
    return disk === null || isValid(disk) ? whole : [...whole, ...shownProblems(disk)]
  }

  /**
   * Reads and runs the file as it is; what is wrong with it shows in `problems`. Throws what keeps
   * any file from being run: INSTANCE_LOCKED, STATE_UNUSABLE, ENGINE_DIED, ENGINE_SILENT.
   */
  async start(): Promise<void> {
    await this.lookAtDisk()
    await this.#staging.restore(this.#knownText)
    const disk = this.#disk
    if (disk === null || !isValid(disk)) return
    const failure = await this.#tryToRun(disk)
    if (failure !== null && UNSTARTED.has(failure.code)) throw failure
  }

  /** Looks at the file again, and runs it when it has changed and nothing is staged. */
  async refresh(): Promise<OutsideChange> {
    const known = this.diskHash
    await this.lookAtDisk()
    const disk = this.#disk
    const isChanged = this.diskHash !== known
    // Another program has written what is staged here.
    if (isChanged && this.staged?.config.text === disk?.text) await this.#staging.forget()
    if (this.staged !== null) return { kind: isChanged ? 'waiting' : 'none' }
    if (disk !== null && disk.hash === this.#running?.hash) return { kind: 'none' }
    if (disk !== null && isValid(disk)) return this.#runDisk(disk)
    const reason = this.#refusal ?? `${this.origin.file} has problems.`
    return isChanged ? { kind: 'refused', reason } : { kind: 'none' }
  }

  /** Knows what is on disk, without acting on it. */
  async lookAtDisk(): Promise<void> {
    try {
      const text = await this.origin.read()
      this.#isDeleted = false
      if (this.#disk?.text === text) return
      this.#disk = readConfigText(text, this.origin)
      this.#refusal = null
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error
      this.#isDeleted = isMissing(error)
      this.#disk = null
      this.#refusal = error.message
    }
  }

  /**
   * `text` carries masks where the page was shown no secret; `base` is the hash of the text that
   * the edit began with. Throws CONFIG_STAGED_ELSEWHERE.
   */
  async stage(text: string, base: string): Promise<void> {
    const received = this.receive(text, base)
    this.#staging.requireOwn(received, base)
    // While it does not run, the file's own text is a change like any other.
    const isDisk = received.config.text === this.#disk?.text
    if (isDisk && !this.isDiskWaiting) await this.#staging.drop()
    else await this.#staging.take(received, base, this.#knownText)
  }

  /** Throws CONFIG_WAITS where the file would be loaded by that. */
  async unstage(): Promise<OutsideChange> {
    await this.lookAtDisk()
    if (this.isDiskWaiting) {
      const message = `${this.origin.name} on disk differs from what runs; discarding would load it.`
      throw new SwitchyardError('CONFIG_WAITS', message)
    }
    await this.#staging.drop()
    return this.refresh()
  }

  /** What was given up last, by its hash. Throws CONFIG_NOT_STAGED, CONFIG_STAGED_ELSEWHERE. */
  async restage(hash: string): Promise<void> {
    await this.#staging.restage(hash, this.#knownText)
  }

  /** With the secrets of what is staged or on disk. */
  receive(text: string, base: string | null = null): ReceivedText {
    return this.#staging.receive(text, base, this.#knownText)
  }

  /** Of a text that was on disk or applied, kept with its secrets masked. */
  receiveVersion({ text, hash }: { readonly text: string; readonly hash: string }): ReceivedText {
    const own = this.#texts.textOf(hash)
    return receiveText(text, this.origin, [...(own === null ? [] : [own]), this.#knownText])
  }

  /** What another text would change of what runs; where nothing runs, of the file. */
  changesTo(config: ConfigText): ConfigChanges {
    if (!isValid(config)) return { sentences: [], isDestructive: false }
    const disk = this.#disk
    const before = this.#running ?? (disk !== null && isValid(disk) ? disk : null)
    const changes = configChanges(before, config)
    const isWritten = changes.sentences.length === 0 && config.hash !== this.diskHash
    return isWritten ? { ...changes, sentences: [WRITTEN_ONLY] } : changes
  }

  /** It says what runs in other words, and replaces nothing else. */
  isHarmless(config: ConfigText): boolean {
    const running = this.#running
    if (running === null || !isValid(config)) return false
    // The file's own text replaces nothing, and neither does one in the place of what runs.
    const isNothingLost = this.diskHash === running.hash || this.diskHash === config.hash
    return isNothingLost && isSameMeaning(running, config)
  }

  /** null: the running engine can take it, or none runs. */
  restartFor(config: ConfigText): ConfigRestart | null {
    if (this.#running === null || !isValid(config)) return null
    return restartBetween(this.#running, config)
  }

  /**
   * Loads a text into the engine and then writes it, in the place of the text on disk with one of
   * these hashes. Throws as `ConfigDesk.applyStaged` says.
   */
  async apply(received: ReceivedText, replaceable: readonly string[]): Promise<AppliedChange> {
    const config = applicable(received)
    await this.#needDisk(replaceable)
    const { sentences } = this.changesTo(config)
    const before = this.#running
    const replaced = this.#neverRan(config)
    await this.#switch.to(config, before)
    await this.#write(config, before)
    this.#nowRuns(config)
    this.#disk = config
    this.#isDeleted = false
    if (this.staged?.config.text === config.text) await this.#staging.forget()
    return { changes: sentences, before, now: config, replaced }
  }

  /** Gives up what is staged and runs what is on disk. Throws as `apply`, and what is staged stays. */
  async takeDisk(): Promise<AppliedChange> {
    await this.lookAtDisk()
    const config = applicable({ config: this.#disk ?? this.#missing(), unknownMasks: [] })
    const { sentences } = this.changesTo(config)
    const before = this.#running
    if (before?.hash !== config.hash) await this.#switch.to(config, before)
    this.#nowRuns(config)
    await this.#staging.drop()
    return { changes: sentences, before, now: config, replaced: null }
  }

  /** Ends the engine and starts it with what is on disk, or with what ran where that is no good. */
  async restartEngine(): Promise<LoadOutcome> {
    const disk = this.#disk
    const isDiskMeant = disk !== null && isValid(disk) && this.staged === null
    const config = isDiskMeant ? disk : this.#running
    if (config === null) {
      const message = `${this.origin.file} has problems; the engine cannot start with it.`
      throw new SwitchyardError('CONFIG_INVALID', message)
    }
    const refusal = this.#refusal
    const outcome = await this.#engine.restart(config)
    if (outcome.ok) this.#nowRuns(config)
    if (!isDiskMeant) this.#refusal = refusal
    return outcome
  }

  /** Ends the engine. What is staged stays for the next time. */
  close(): Promise<void> {
    return this.#engine.close()
  }

  /** Of the file, or of what ran before it could no longer be read. */
  get #knownText(): string {
    return this.#disk?.text ?? this.#running?.text ?? ''
  }

  #nowRuns(config: ValidText): void {
    this.#running = config
    this.#refusal = null
    this.#texts.note(config)
  }

  /** What is on disk, where it is lost with this text and never ran. */
  #neverRan(config: ValidText): ConfigText | null {
    const disk = this.#disk
    if (disk === null || disk.hash === config.hash || this.#texts.textOf(disk.hash) !== null) {
      return null
    }
    // For a way back to it with its secrets.
    this.#texts.note(disk)
    return disk
  }

  async #runDisk(disk: ValidText): Promise<OutsideChange> {
    const { sentences } = configChanges(this.#running, disk)
    const failure = await this.#tryToRun(disk)
    if (failure === null) return { kind: 'loaded', changes: sentences }
    if (failure.code === 'ENGINE_DIED') return { kind: 'engine_down' }
    return { kind: 'refused', reason: failure.message }
  }

  /** null: it runs. */
  async #tryToRun(config: ValidText): Promise<SwitchyardError | null> {
    try {
      await this.#engine.run(config)
      this.#nowRuns(config)
      return null
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error
      this.#refusal = `${error.message} ${error.remedy}`
      return error
    }
  }

  async #needDisk(replaceable: readonly string[]): Promise<void> {
    await this.lookAtDisk()
    if (this.#disk === null && !this.#isDeleted) this.#missing()
    if (replaceable.includes(this.diskHash)) return
    const what = this.#isDeleted ? 'was deleted' : 'was changed by another program'
    throw new SwitchyardError(
      'CONFIG_CHANGED_ON_DISK',
      `${this.origin.file} ${what} since this edit began; nothing was done.`
    )
  }

  #missing(): never {
    const message = this.#refusal ?? `${this.origin.file} cannot be read.`
    throw new SwitchyardError('CONFIG_UNREADABLE', message)
  }

  async #write(config: ValidText, before: ValidText | null): Promise<void> {
    try {
      // Loading may have taken its time.
      await this.#needDisk([this.diskHash])
      await this.origin.write(config.text)
    } catch (error) {
      await this.#goBack(config, before)
      throw error
    }
  }

  /** The engine must not go on with what no file says. */
  async #goBack(config: ValidText, before: ValidText | null): Promise<void> {
    try {
      await this.#switch.back(config, before)
    } catch (error) {
      this.#running = config
      const reason = error instanceof Error ? error.message : String(error)
      const message =
        `${this.origin.file} could not be written, ` +
        `and the engine could not go back to what it says: ${reason}`
      throw new SwitchyardError('CONFIG_UNWRITABLE', message, {}, { cause: error })
    }
  }
}

/** What says nothing about the file: it could not be tried at all. */
const UNSTARTED: ReadonlySet<string> = new Set([
  ...['INSTANCE_LOCKED', 'STATE_UNUSABLE', 'ENGINE_DIED', 'ENGINE_SILENT']
])

const WRITTEN_ONLY = 'What runs stays as it is, and the file is written anew with it'
