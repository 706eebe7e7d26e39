/**
 * The configuration that is open: what runs, what is on disk, what is staged, and how one becomes
 * another. The file on disk is the truth: an applied text is loaded by the engine first and
 * written then, so whoever is killed in between leaves the old file and the staged edit.
 * Calls must not overlap; `Workspace` sees to that.
 */
import { restartReason } from '../../../proxy-core/admin/restart-reason.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { ConfigProblemLine } from '../../../preload/contract/workspace-state.ts'
import type { LoadOutcome } from '../../engine-host/engine-link.ts'
import { configChanges, type ConfigChanges } from './changes/config-changes.ts'
import type { ConfigRestart } from './config-desk.ts'
import type { ConfigOrigin } from './config-origin.ts'
import {
  isValid,
  readConfigText,
  wholeFileProblem,
  type ConfigText,
  type ValidText
} from './config-text.ts'
import type { EngineSeat } from './engine-seat.ts'
import { maskSecrets } from './masking/mask-secrets.ts'
import { receiveText, shownProblems, type ReceivedText } from './shown-text.ts'
import { secretsOf, StagedEdit } from './staged-edit.ts'
import type { StagedFile } from './staged-file.ts'

export interface OpenConfigParts {
  readonly origin: ConfigOrigin
  readonly engine: EngineSeat
  /** null: what is staged does not outlive the console. */
  readonly stagedFile: StagedFile | null
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
}

/** Of the disk where the file cannot be read. */
const NO_HASH = ''

export class OpenConfig {
  readonly origin: ConfigOrigin
  readonly #engine: EngineSeat
  readonly #stagedFile: StagedFile | null
  #disk: ConfigText | null = null
  #running: ValidText | null = null
  #staged: StagedEdit | null = null
  /** Why the text on disk does not run although it could be read as one; null: it does. */
  #refusal: string | null = null

  constructor({ origin, engine, stagedFile }: OpenConfigParts) {
    this.origin = origin
    this.#engine = engine
    this.#stagedFile = stagedFile
  }

  get running(): ValidText | null {
    return this.#running
  }

  /** null: it cannot be read. */
  get disk(): ConfigText | null {
    return this.#disk
  }

  get staged(): StagedEdit | null {
    return this.#staged
  }

  /** Another program has changed the file since the staged edit began. */
  get isChangedUnderneath(): boolean {
    return this.#staged !== null && this.#diskHash !== this.#staged.baseHash
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
    await this.#readDisk()
    await this.#restoreStaged()
    const disk = this.#disk
    if (disk === null || !isValid(disk)) return
    const failure = await this.#tryToRun(disk)
    if (failure !== null && UNSTARTED.has(failure.code)) throw failure
  }

  /** Looks at the file again, and runs it when it has changed and nothing is staged. */
  async refresh(): Promise<OutsideChange> {
    const known = this.#diskHash
    await this.#readDisk()
    const disk = this.#disk
    const isChanged = this.#diskHash !== known
    if (this.#staged !== null && this.#staged.config.text === disk?.text) await this.#dropStaged()
    if (this.#staged !== null) return { kind: isChanged ? 'waiting' : 'none' }
    if (disk !== null && disk.hash === this.#running?.hash) return { kind: 'none' }
    if (disk !== null && isValid(disk)) return this.#runDisk(disk)
    const reason = this.#refusal ?? `${this.origin.file} has problems.`
    return isChanged ? { kind: 'refused', reason } : { kind: 'none' }
  }

  /** Knows what is on disk, without acting on it. */
  async lookAtDisk(): Promise<void> {
    await this.#readDisk()
  }

  /** `text` carries masks where the page was shown no secret. */
  async stage(text: string): Promise<void> {
    const received = this.receive(text)
    const { config } = received
    if (config.text === this.#disk?.text) return this.#dropStaged()
    const baseHash = this.#staged?.baseHash ?? this.#diskHash
    await this.#stagedFile?.write(maskSecrets(config.text).text, baseHash)
    const known = this.#staged?.secretsFrom ?? this.#knownText
    this.#staged = new StagedEdit(received, baseHash, secretsOf(received, known))
  }

  /** What was held back while something was staged is loaded now. */
  async unstage(): Promise<OutsideChange> {
    await this.#dropStaged()
    return this.refresh()
  }

  receive(text: string): ReceivedText {
    const staged = this.#staged ? [this.#staged.secretsFrom] : []
    return receiveText(text, this.origin, [...staged, this.#knownText])
  }

  /** Of a text that was on disk or applied, kept with its secrets masked. */
  receiveVersion(text: string): ReceivedText {
    return receiveText(text, this.origin, [this.#knownText])
  }

  /** What another text would change, seen from what is on disk where that can be run. */
  changesTo(config: ConfigText): ConfigChanges {
    if (!isValid(config)) return { sentences: [], isDestructive: false }
    const disk = this.#disk
    return configChanges(disk !== null && isValid(disk) ? disk : this.#running, config)
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
    await this.#runInstead(config, before)
    await this.#write(config, before)
    this.#running = config
    this.#disk = config
    this.#refusal = null
    if (this.#staged?.config.text === config.text) await this.#dropStaged()
    return { changes: sentences, before, now: config }
  }

  /** Ends the engine and starts it with what is on disk, or with what ran where that is no good. */
  async restartEngine(): Promise<LoadOutcome> {
    const disk = this.#disk
    const isDiskMeant = disk !== null && isValid(disk) && this.#staged === null
    const config = isDiskMeant ? disk : this.#running
    if (config === null) {
      const message = `${this.origin.file} has problems; the engine cannot start with it.`
      throw new SwitchyardError('CONFIG_INVALID', message)
    }
    const outcome = await this.#engine.restart(config)
    if (outcome.ok) this.#running = config
    if (outcome.ok && isDiskMeant) this.#refusal = null
    return outcome
  }

  /** Ends the engine. What is staged stays for the next time. */
  close(): Promise<void> {
    return this.#engine.close()
  }

  get #diskHash(): string {
    return this.#disk?.hash ?? NO_HASH
  }

  /** Of the file, or of what ran before it could no longer be read. */
  get #knownText(): string {
    return this.#disk?.text ?? this.#running?.text ?? ''
  }

  async #readDisk(): Promise<void> {
    try {
      const text = await this.origin.read()
      if (this.#disk?.text === text) return
      this.#disk = readConfigText(text, this.origin)
      this.#refusal = null
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error
      this.#disk = null
      this.#refusal = error.message
    }
  }

  async #restoreStaged(): Promise<void> {
    const kept = await this.#stagedFile?.read()
    if (!kept) return
    const received = receiveText(kept.text, this.origin, [this.#knownText])
    // Killed after the file was written: the edit is what is on disk now.
    if (received.config.text === this.#disk?.text) return this.#dropStaged()
    const secretsFrom = secretsOf(received, this.#knownText)
    this.#staged = new StagedEdit(received, kept.baseHash, secretsFrom)
  }

  async #dropStaged(): Promise<void> {
    this.#staged = null
    await this.#stagedFile?.remove()
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
      this.#running = config
      this.#refusal = null
      return null
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error
      this.#refusal = `${error.message} ${error.remedy}`
      return error
    }
  }

  async #needDisk(replaceable: readonly string[]): Promise<void> {
    await this.#readDisk()
    if (this.#disk === null) {
      const message = this.#refusal ?? `${this.origin.file} cannot be read.`
      throw new SwitchyardError('CONFIG_UNREADABLE', message)
    }
    if (replaceable.includes(this.#disk.hash)) return
    throw new SwitchyardError(
      'CONFIG_CHANGED_ON_DISK',
      `${this.origin.file} was changed by another program since this edit began; nothing was done.`
    )
  }

  async #runInstead(config: ValidText, before: ValidText | null): Promise<void> {
    const isRestart = before !== null && restartBetween(before, config) !== null
    try {
      await this.#switch(before, config)
    } catch (error) {
      // An engine that is down or silent would come back with what was just refused.
      const isUndecided = error instanceof SwitchyardError && UNDECIDED.has(error.code)
      if (isRestart) await this.#startAgain(before, error)
      else if (isUndecided && before) await this.#engine.run(before).catch(() => undefined)
      throw error
    }
  }

  /** A reload, or another engine where the running one cannot take it. Throws its refusal. */
  async #switch(from: ValidText | null, to: ValidText): Promise<void> {
    if (from === null || restartBetween(from, to) === null) return this.#engine.run(to)
    return this.#engine.runAnew(to)
  }

  /** With what ran before: the new text did not start. */
  async #startAgain(before: ValidText, cause: unknown): Promise<void> {
    try {
      await this.#engine.runAnew(before)
    } catch (error) {
      const reasons = [cause, error].map((one) =>
        one instanceof Error ? one.message : String(one)
      )
      throw new SwitchyardError(
        'ENGINE_DIED',
        `The engine did not start with the changes, nor without them again: ${reasons.join(' ')}`,
        {},
        { cause: error }
      )
    }
  }

  async #write(config: ValidText, before: ValidText | null): Promise<void> {
    try {
      // Loading may have taken its time.
      await this.#needDisk([this.#diskHash])
      await this.origin.write(config.text)
    } catch (error) {
      await this.#rollBack(config, before)
      throw error
    }
  }

  /** The engine must not go on with what no file says. */
  async #rollBack(config: ValidText, before: ValidText | null): Promise<void> {
    if (before === null) return this.#engine.close()
    try {
      await this.#switch(config, before)
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

/** After these the engine may run the text that was meant for it all the same, once it is back. */
const UNDECIDED: ReadonlySet<string> = new Set(['ENGINE_DIED', 'ENGINE_SILENT'])

function restartBetween(running: ValidText, next: ValidText): ConfigRestart | null {
  const { settings } = running.result
  const reason = restartReason(settings.admin, next.result.settings.admin)
  return reason === null ? null : { reason, drainMs: settings.shutdownTimeoutMs }
}

/** Throws CONFIG_INVALID with the first problem and its line. */
function applicable({ config, unknownMasks }: ReceivedText): ValidText {
  if (isValid(config) && unknownMasks.length === 0) return config
  const problems = shownProblems(config, unknownMasks).filter(
    ({ severity }) => severity === 'error'
  )
  const [first] = problems
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  throw new SwitchyardError(
    'CONFIG_INVALID',
    `The configuration has ${count}, at line ${first?.line ?? 0}: ${first?.message ?? ''}`,
    { problems }
  )
}
