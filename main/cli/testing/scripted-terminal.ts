/** A terminal with a person who gives prepared answers, and then leaves. */
import type { Keyboard } from '../keyboard.ts'
import { CapturedTerminal } from './captured-terminal.ts'

export class ScriptedTerminal extends CapturedTerminal {
  /** How often the keyboard was given back. */
  closed = 0
  readonly #answers: string[]

  constructor(
    answers: readonly string[],
    environment: Readonly<Record<string, string | undefined>> = {}
  ) {
    super(environment)
    this.#answers = [...answers]
  }

  readonly openKeyboard = (): Keyboard => ({
    ask: (prompt) => {
      const answer = this.#answers.shift() ?? null
      this.out(`${prompt}${answer ?? '^C'}\n`)
      return Promise.resolve(answer)
    },
    close: () => void this.closed++
  })

  /** Answers that no question took. */
  get unasked(): number {
    return this.#answers.length
  }
}
