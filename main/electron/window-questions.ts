/**
 * The boxes in which the host asks the operator. One at a time: the second click on a close button
 * must not put another box on top of the first.
 */
import { dialog, type BrowserWindow, type MessageBoxOptions } from 'electron'

/** The number of the button; null: another question is open, so this one was not asked. */
export type Ask = (question: MessageBoxOptions) => Promise<number | null>

export class WindowQuestions {
  readonly #window: BrowserWindow
  #isOpen = false

  constructor(window: BrowserWindow) {
    this.#window = window
  }

  readonly ask: Ask = async (question) => {
    if (this.#isOpen) return null
    this.#isOpen = true
    try {
      const options = { noLink: true, ...question }
      const { response } = await (this.#isInSight()
        ? dialog.showMessageBox(this.#window, options)
        : dialog.showMessageBox(options))
      return response
    } finally {
      this.#isOpen = false
    }
  }

  /** A box that belongs to a window which nobody sees is seen by nobody either. */
  #isInSight(): boolean {
    const window = this.#window
    return !window.isDestroyed() && window.isVisible() && !window.isMinimized()
  }
}
