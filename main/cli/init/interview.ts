/**
 * Where answers come from: options of the command line first, then whoever sits at the terminal, and
 * without anybody the defaults. A typed answer is checked at once and asked for again.
 */
import { UsageError, valueOf, type CommandInput } from '../command.ts'
import type { Keyboard } from '../keyboard.ts'
import type { Terminal } from '../terminal.ts'
import type { Reading } from './init-answers.ts'

export interface Question<T> {
  /** The option that answers it, without the dashes. */
  readonly option: string
  /** Without the mark at its end. */
  readonly text: string
  /** What an empty answer means; null: it needs an answer. */
  readonly fallback: string | null
  read(typed: string): Reading<T>
}

/** The person left before the end. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned'
}

export class Interview {
  readonly #input: CommandInput
  readonly #terminal: Terminal
  /** null: nobody is asked. */
  readonly #keyboard: Keyboard | null

  constructor(input: CommandInput, terminal: Terminal, keyboard: Keyboard | null) {
    this.#input = input
    this.#terminal = terminal
    this.#keyboard = keyboard
  }

  get hasSomebody(): boolean {
    return this.#keyboard !== null
  }

  /** What an option of the command line says, unchecked. */
  given(option: string): string | undefined {
    return valueOf(this.#input, option)
  }

  /** For people only: nothing when nobody is asked. */
  say(text: string): void {
    if (this.hasSomebody) this.#terminal.out(text)
  }

  /** Throws UsageError for an option that cannot be taken or is needed, Abandoned after Ctrl+C. */
  async answer<T>(question: Question<T>): Promise<T> {
    const given = valueOf(this.#input, question.option)
    if (given !== undefined) return this.#fromOption(question, given)
    if (this.#keyboard !== null) return this.#ask(this.#keyboard, question)
    if (question.fallback === null) throw new UsageError(`--${question.option} is needed.`)
    return this.#fromOption(question, question.fallback)
  }

  /** Without anybody: `fallback`. */
  async agrees(text: string, fallback: boolean): Promise<boolean> {
    if (this.#keyboard === null) return fallback
    for (;;) {
      const typed = await this.#keyboard.ask(`${text} [${fallback ? 'Y/n' : 'y/N'}] `)
      if (typed === null) throw new Abandoned()
      const word = typed.trim().toLowerCase()
      if (word === '') return fallback
      if (['y', 'yes'].includes(word)) return true
      if (['n', 'no'].includes(word)) return false
      this.#terminal.out('  Answer yes or no.\n')
    }
  }

  #fromOption<T>(question: Question<T>, typed: string): T {
    const reading = question.read(typed.trim())
    if (reading.isGood) return reading.value
    throw new UsageError(`--${question.option}: ${reading.sentence}`)
  }

  async #ask<T>(keyboard: Keyboard, question: Question<T>): Promise<T> {
    const { text, fallback } = question
    const shown = fallback === null ? '' : ` [${fallback === '' ? 'none' : fallback}]`
    for (;;) {
      const typed = await keyboard.ask(`${text}${shown}: `)
      if (typed === null) throw new Abandoned()
      const answer = typed.trim()
      const reading = question.read(answer === '' ? (fallback ?? '') : answer)
      if (reading.isGood) return reading.value
      this.#terminal.out(`  ${reading.sentence}\n`)
    }
  }
}
