/**
 * The text that is edited: checked while it is typed, staged at the host a moment later for the
 * file and from the text that it began with, and never thrown away by what other windows or
 * programs do meanwhile.
 */
import {
  MAX_EDITABLE_CHARACTERS,
  type ConfigProblemLine,
  type ConfigReview,
  type ConfigText
} from '../../../preload/contract/workspace-state.ts'
import { SwitchyardError, type ErrorCode } from '../../../proxy-core/model/error-catalogue.ts'
import type { ConsoleBackend } from '../../backend/console-backend.ts'
import type { HeldEdit, HeldEdits } from '../../state/held-edits.ts'
import type { Page } from '../../state/page.ts'
import { problemFrom, type Problem } from '../../ui/data-state.ts'
import { PageDelay } from './page-delay.ts'

export const CHECK_AFTER_MS = 300
export const STAGE_AFTER_MS = 1000
/** What the editor shows; another `revision` replaces what is in it. */
export interface ShownText {
  readonly text: string
  readonly revision: number
}

export interface DraftParts {
  readonly backend: ConsoleBackend
  readonly page: Page
  /** Of the configuration that is edited; null for the demo. */
  readonly file: string | null
  readonly held: HeldEdits
  /** The end of the screen found no way to stage what was typed: it is held now. */
  onHeld(error: unknown): void
}

export interface Discarded {
  /** Giving the edit up would load the file: nothing was done, and a plan is to be confirmed. */
  readonly isPlanned: boolean
  /** Brings the edit back, also after the screen was left. Rejects with the host's refusal. */
  undo(): Promise<void>
}

export class ConfigDraft {
  review = $state.raw<ConfigReview | null>(null)
  /** null until there is a text that can be edited. */
  shown = $state.raw<ShownText | null>(null)
  /** Of the text in the editor, as far as it was checked. */
  problems = $state.raw<readonly ConfigProblemLine[]>([])
  /** The editor holds something that is not staged yet. */
  isDirty = $state(false)
  isStaging = $state(false)
  /** Why the review, the check or the staging did not come about. */
  problem = $state.raw<Problem | null>(null)

  readonly #parts: DraftParts
  readonly #checkLater: PageDelay
  readonly #stageLater: PageDelay
  #read: (() => string) | null = null
  /** Hash of what filled the editor, or of the own last staging; null before the first review. */
  #base: string | null = null
  /** Sent, and the connection broke before the answer: it may be staged. */
  #unanswered: HeldEdit | null = null
  #failure: unknown = null
  #revision = 0
  #isOver = false
  #checking: AbortController | null = null
  #reviewing: AbortController | null = null
  #staging: Promise<void> | null = null

  constructor(parts: DraftParts) {
    this.#parts = parts
    this.#checkLater = new PageDelay(parts.page, CHECK_AFTER_MS, () => void this.#check())
    this.#stageLater = new PageDelay(parts.page, STAGE_AFTER_MS, () => void this.flush())
  }

  get changes(): readonly string[] {
    return this.review?.changes ?? []
  }

  /** The file, where it has changed since this edit began. */
  get onDisk(): ConfigText | null {
    return this.review?.onDisk ?? null
  }

  /** The text is not here: it can be applied and discarded, but not edited. */
  get isTooLarge(): boolean {
    return this.review?.staged.isTooLarge === true
  }

  get errorCount(): number {
    return this.problems.filter(({ severity }) => severity === 'error').length
  }

  /** Another page has staged something else meanwhile: one of the two texts is meant. */
  get isStagedElsewhere(): boolean {
    return this.problem?.code === ('CONFIG_STAGED_ELSEWHERE' satisfies ErrorCode)
  }

  /** Reads the review anew. What is being typed stays. */
  async refresh(): Promise<void> {
    this.#reviewing?.abort()
    const reviewing = new AbortController()
    this.#reviewing = reviewing
    const { signal } = reviewing
    try {
      const review = await this.#parts.backend.call('config.review', {}, { signal })
      if (!signal.aborted) this.#take(review)
    } catch (error) {
      if (!signal.aborted) this.#failed(error, 'The configuration could not be read.')
    }
  }

  /** The editor holds another text; it is read when it is needed. Before one was shown there is none. */
  edit(read: () => string): void {
    if (this.shown === null || this.#isOver) return
    this.#read = read
    this.isDirty = true
    this.#checking?.abort()
    this.#checkLater.restart()
    this.#stageLater.restart()
  }

  /** Stages what is typed, now. Resolves when the host has it, or has refused it. */
  async flush(): Promise<void> {
    if (this.#isOver) return
    while (this.#staging !== null) await this.#staging
    if (!this.isDirty) return
    this.#stageLater.cancel()
    this.#staging = this.#stage().finally(() => (this.#staging = null))
    await this.#staging
  }

  /** Gives up what is staged and typed; null where that failed, which `problem` tells. */
  async discard(): Promise<Discarded | null> {
    // With everything that was typed, the host can bring it back with its secrets.
    await this.flush()
    const { backend, file } = this.#parts
    const hash = this.#base ?? ''
    const typed = this.isDirty ? this.#text() : null
    const undo = async (): Promise<void> => {
      if (typed !== null) return this.restore(typed)
      const review = await backend.call('config.restage', { file, hash })
      if (!this.#isOver) this.#take(review)
    }
    try {
      const review = await backend.call('config.unstage', { file })
      this.#forgetTyping()
      this.#replace(review)
      return { isPlanned: false, undo }
    } catch (error) {
      if (isOf(error, 'CONFIG_WAITS')) return { isPlanned: true, undo }
      this.#failed(error, 'The staged changes could not be discarded.')
      return null
    }
  }

  /** Puts a text into the editor and stages it; after the end, into the next editor. */
  async restore(text: string): Promise<void> {
    if (this.#isOver) return this.#hold(text)
    this.#show(text)
    this.edit(() => text)
    await this.flush()
  }

  /** What another page has staged gives way to the text in the editor. */
  async stageInstead(): Promise<void> {
    try {
      const review = await this.#parts.backend.call('config.review', {})
      this.#base = review.staged.hash
      this.isDirty = true
    } catch (error) {
      return this.#failed(error, 'The configuration could not be read.')
    }
    await this.flush()
  }

  /** What another page has staged is shown; returns the text that gave way to it. */
  async takeStaged(): Promise<string> {
    const text = this.#text()
    this.#forgetTyping()
    await this.refresh()
    return text
  }

  /**
   * The end. What is typed and not staged is staged before it; where that fails, because the host
   * is away or another file is open, it is held for the next editor of this file.
   */
  stop(): void {
    const text = this.#text()
    this.#read = () => text
    void this.flush().then(() => {
      if (!this.isDirty) return
      this.#hold(text)
      this.#parts.onHeld(this.#failure)
    })
    this.#isOver = true
    this.#checkLater.cancel()
    this.#stageLater.cancel()
    this.#checking?.abort()
    this.#reviewing?.abort()
  }

  async #check(): Promise<void> {
    const text = this.#text()
    if (this.#isTooLong(text)) return
    const checking = new AbortController()
    this.#checking = checking
    const { signal } = checking
    try {
      const problems = await this.#parts.backend.call('config.check', { text }, { signal })
      if (!signal.aborted) this.problems = problems
    } catch (error) {
      if (!signal.aborted) this.#failed(error, 'The text could not be checked.')
    }
  }

  async #stage(): Promise<void> {
    const text = this.#text()
    if (this.#isTooLong(text)) return
    // What is typed from now on is not in this text.
    this.isDirty = false
    this.isStaging = true
    this.#reviewing?.abort()
    try {
      const lost = this.#unanswered
      // It may be staged, and then it is what this text follows: said again, it is known.
      if (lost !== null && lost.text !== text) this.#base = (await this.#send(lost)).staged.hash
      const review = await this.#send({ base: this.#base ?? '', text })
      this.#takeOwn(review, text)
    } catch (error) {
      this.isDirty = true
      this.#failed(error, 'The edit could not be staged; it is still in the editor.')
    } finally {
      this.isStaging = false
    }
  }

  async #send(edit: HeldEdit): Promise<ConfigReview> {
    const { backend, file } = this.#parts
    try {
      const review = await backend.call('config.stage', { file, ...edit })
      this.#unanswered = null
      return review
    } catch (error) {
      if (isOf(error, 'OUTCOME_UNKNOWN')) this.#unanswered = edit
      throw error
    }
  }

  /** The answer to our own text: the editor has it already, and perhaps more. */
  #takeOwn(review: ConfigReview, text: string): void {
    this.review = review
    this.#base = review.staged.hash
    this.problem = null
    if (this.isDirty) return
    // Secrets that were just typed are masked there, and the places behind them others.
    if (review.staged.isTooLarge === true || review.staged.text === text) {
      this.problems = review.problems
    } else if (!this.#isOver) void this.#check()
  }

  #take(review: ConfigReview): void {
    const held = this.#base === null ? this.#parts.held.take(this.#parts.file) : null
    if (held !== null) return this.#resume(review, held)
    const isOther = review.staged.hash !== this.#base
    const isOurs = this.isDirty || this.#staging !== null
    if (isOther && !isOurs) this.#replace(review)
    else if (isOurs) this.review = { ...review, staged: this.review?.staged ?? review.staged }
    else this.#takeOwn(review, this.#text())
    if (!isOurs) this.problem = null
  }

  /** Goes on where an earlier editor of this file had to end. */
  #resume(review: ConfigReview, { base, text }: HeldEdit): void {
    this.review = review
    this.#base = base
    this.#show(text)
    this.edit(() => text)
  }

  #replace(review: ConfigReview): void {
    this.#read = null
    this.#takeOwn(review, review.staged.text)
    if (this.isTooLarge) this.shown = null
    else this.#show(review.staged.text)
  }

  #show(text: string): void {
    this.#revision++
    this.shown = { text, revision: this.#revision }
  }

  #text(): string {
    return this.#read?.() ?? this.shown?.text ?? ''
  }

  #hold(text: string): void {
    this.#parts.held.keep(this.#parts.file, { base: this.#base ?? '', text })
  }

  #forgetTyping(): void {
    this.isDirty = false
    this.#checkLater.cancel()
    this.#stageLater.cancel()
    this.#checking?.abort()
  }

  #isTooLong(text: string): boolean {
    if (text.length <= MAX_EDITABLE_CHARACTERS) return false
    this.problem = {
      what: 'The text is too long to be staged here; it is still in the editor.',
      why: `${text.length} characters, of ${MAX_EDITABLE_CHARACTERS} that the console takes`,
      remedy: 'Edit the file with another program: the console loads it when it is written.',
      code: ''
    }
    return true
  }

  #failed(error: unknown, what: string): void {
    this.#failure = error
    this.problem = problemFrom(error, what)
  }
}

function isOf(error: unknown, code: ErrorCode): boolean {
  return error instanceof SwitchyardError && error.code === code
}
