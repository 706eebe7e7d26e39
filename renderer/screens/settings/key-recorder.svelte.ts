/** Takes the presses of the operator until a shortcut of one or two of them stands. */
import { nameOfPress, type KeyPress } from '../../actions/key-press.ts'

const MAX_PRESSES = 2

export class KeyRecorder {
  /** "g l"; empty while nothing was pressed. */
  keys = $state('')

  readonly #isMac: boolean

  constructor(isMac: boolean) {
    this.#isMac = isMac
  }

  /** True when the press was taken; Tab stays free, so that nobody is caught in the field. */
  take(press: KeyPress): boolean {
    const name = nameOfPress(press, this.#isMac)
    if (name === null || name === 'Tab' || name === 'Shift+Tab') return false
    if (name === 'Escape' || name === 'Enter') return false
    if (name === 'Backspace') {
      this.keys = ''
      return true
    }
    const pressed = this.keys === '' ? [] : this.keys.split(' ')
    this.keys = [...(pressed.length >= MAX_PRESSES ? [] : pressed), name].join(' ')
    return true
  }
}
