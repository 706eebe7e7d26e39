/**
 * The text that is edited: checked while it is typed, staged at the host a moment later, and never
 * thrown away by what other windows or programs do meanwhile.
 */
import {
  MAX_EDITABLE_CHARACTERS,
  type ConfigProblemLine,
  type ConfigReview,
  type ConfigText
} from '../../../preload/contract/workspace-state.ts'
import type { ConsoleBackend } from '../../backend/console-backend.ts'
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

  readonly #backend: ConsoleBackend
  readonly #checkLater: PageDelay
  readonly #stageLater: PageDelay
  #read: (() => string) | null = null
  #revision = 0
  #isOver = false
  #checking: AbortController | null = null
  #reviewing: AbortController | null = null
  #staging: Promise<void> | null = null

  constructor(backend: ConsoleBackend, page: Page) {
    this.#backend = backend
    this.#checkLater = new PageDelay(page, CHECK_AFTER_MS, () => void this.#check())
    this.#stageLater = new PageDelay(page, STAGE_AFTER_MS, () => void this.flush())
  }

  get changes(): readonly string[] {
    return this.review?.changes ?? []
  }

  /** The file, where another program changed it after this edit began. */
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

  /** Reads the review anew. What is being typed stays. */
  async refresh(): Promise<void> {
    this.#reviewing?.abort()
    const reviewing = new AbortController()
    this.#reviewing = reviewing
    const { signal } = reviewing
    try {
      const review = await this.#backend.call('config.review', {}, { signal })
      if (!signal.aborted) this.#take(review)
    } catch (error) {
      if (!signal.aborted) this.#failed(error, 'The configuration could not be read.')
    }
  }

  /** The editor holds another text; it is read when it is needed. */
  edit(read: () => string): void {
    if (this.isTooLarge || this.#isOver) return
    this.#read = read
    this.isDirty = true
    this.#checking?.abort()
    this.#checkLater.restart()
    this.#stageLater.restart()
  }

  /** Stages what is typed, now. Resolves when the host has it, or has refused it. */
  async flush(): Promise<void> {
    if (this.#staging !== null) await this.#staging
    if (!this.isDirty) return
    this.#stageLater.cancel()
    this.#staging = this.#stage()
    await this.#staging
  }

  /** Gives up what is staged and typed; returns it to be brought back, null where it is not here. */
  async discard(): Promise<string | null> {
    const text = this.isTooLarge ? null : this.#text()
    this.#forgetTyping()
    if (this.#staging !== null) await this.#staging
    try {
      this.#replace(await this.#backend.call('config.unstage', {}))
    } catch (error) {
      this.#failed(error, 'The staged changes could not be discarded.')
    }
    return text
  }

  /** Puts a text into the editor and stages it; nothing after the end. */
  async restore(text: string): Promise<void> {
    if (this.#isOver) return
    this.#show(text)
    this.edit(() => text)
    await this.flush()
  }

  /**
   * The end. What is typed and not staged is staged before it, unless another configuration is
   * open by now: it would be staged there.
   */
  stop(isStillOpen: boolean): void {
    if (isStillOpen) void this.flush()
    else this.isDirty = false
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
      const problems = await this.#backend.call('config.check', { text }, { signal })
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
      this.#takeOwn(await this.#backend.call('config.stage', { text }))
    } catch (error) {
      this.isDirty = true
      this.#failed(error, 'The edit could not be staged; it is still in the editor.')
    } finally {
      this.isStaging = false
      this.#staging = null
    }
  }

  /** The answer to our own text: the editor has it already, and perhaps more. */
  #takeOwn(review: ConfigReview): void {
    this.review = review
    this.problem = null
    if (!this.isDirty) this.problems = review.problems
  }

  #take(review: ConfigReview): void {
    const isOther = review.staged.hash !== this.review?.staged.hash
    const isOurs = this.isDirty || this.#staging !== null
    if (isOther && !isOurs) this.#replace(review)
    else if (isOurs) this.review = { ...review, staged: this.review?.staged ?? review.staged }
    else this.#takeOwn(review)
    this.problem = null
  }

  #replace(review: ConfigReview): void {
    this.#takeOwn(review)
    this.#read = null
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
    this.problem = problemFrom(error, what)
  }
}
