/**
 * What is staged for one configuration, and what was given up last. It is kept on disk without its
 * secrets; those of them that only the operator has typed end with the console, and their masks
 * are never filled with others then.
 */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { ConfigOrigin } from './config-origin.ts'
import { freshMasks } from './masking/fresh-masks.ts'
import { receiveText, withheld, type ReceivedText } from './shown-text.ts'
import { secretsOf, StagedEdit } from './staged-edit.ts'
import type { StagedFile } from './staged-file.ts'

export class Staging {
  readonly #origin: ConfigOrigin
  readonly #file: StagedFile | null
  #current: StagedEdit | null = null
  #dropped: StagedEdit | null = null
  #lostSecrets = 0

  /** `file` is null where what is staged does not outlive the console. */
  constructor(origin: ConfigOrigin, file: StagedFile | null) {
    this.#origin = origin
    this.#file = file
  }

  get current(): StagedEdit | null {
    return this.#current
  }

  /** Secrets of the restored edit that ended with the console into which they were typed. */
  get lostSecrets(): number {
    return this.#lostSecrets
  }

  /** What an earlier console has left. `known` is the text of the file. */
  async restore(known: string): Promise<void> {
    const kept = await this.#file?.read()
    if (!kept) return
    const received = withheld(receiveText(kept.text, this.#origin, [known]), kept.freshMasks)
    // Killed after the file was written: the edit is what is on disk now.
    if (received.config.text === known) return this.forget()
    this.#lostSecrets = kept.freshMasks.length
    const secretsFrom =
      kept.freshMasks.length > 0
        ? { text: received.config.text, isOnly: true }
        : secretsOf(received, { text: known, isOnly: false })
    this.#current = new StagedEdit(received, kept.baseHash, secretsFrom)
  }

  /** A text from the page with the secrets of what is staged, or of the file. */
  receive(text: string, base: string | null, known: string): ReceivedText {
    const edit = this.#current ?? (base === this.#dropped?.config.hash ? this.#dropped : null)
    if (edit === null) return receiveText(text, this.#origin, [known])
    const { text: own, isOnly } = edit.secretsFrom
    return receiveText(text, this.#origin, isOnly ? [own] : [own, known])
  }

  /**
   * `base` is the hash of the text that the edit began with. Throws CONFIG_STAGED_ELSEWHERE where
   * something else is staged.
   */
  async take(received: ReceivedText, base: string, known: string): Promise<void> {
    this.requireOwn(received, base)
    // Somebody else gave it up; whoever goes on with it began where it did.
    const before = this.#current ?? (base === this.#dropped?.config.hash ? this.#dropped : null)
    const secretsFrom = secretsOf(received, before?.secretsFrom ?? { text: known, isOnly: false })
    await this.#keep(new StagedEdit(received, before?.baseHash ?? base, secretsFrom), known)
  }

  /** The own text may come a second time: an answer may have been lost. */
  requireOwn({ config }: ReceivedText, base: string): void {
    const staged = this.#current?.config
    if (!staged || staged.hash === base || staged.text === config.text) return
    throw new SwitchyardError(
      'CONFIG_STAGED_ELSEWHERE',
      `Something else is staged for ${this.#origin.name} by now; nothing was staged.`
    )
  }

  /** Gives it up; `restage` brings it back. */
  async drop(): Promise<void> {
    this.#dropped = this.#current ?? this.#dropped
    await this.forget()
  }

  /** It is what runs, or what the file says. */
  async forget(): Promise<void> {
    this.#current = null
    await this.#file?.remove()
  }

  /** Throws CONFIG_NOT_STAGED, CONFIG_STAGED_ELSEWHERE. */
  async restage(hash: string, known: string): Promise<void> {
    if (this.#current?.config.hash === hash) return
    const dropped = this.#dropped
    if (dropped?.config.hash !== hash) {
      const message = `What was given up for ${this.#origin.name} is not kept any more.`
      throw new SwitchyardError('CONFIG_NOT_STAGED', message)
    }
    if (this.#current !== null) this.requireOwn(dropped.received, hash)
    await this.#keep(dropped, known)
  }

  async #keep(edit: StagedEdit, known: string): Promise<void> {
    const { text, fresh } = freshMasks(edit.config.text, edit.secretsFrom.text, known)
    await this.#file?.write({ text, baseHash: edit.baseHash, freshMasks: [...fresh] })
    this.#current = edit
  }
}
