/** Listens to the keyboard for the whole page and starts the actions that its keys belong to. */
import type { ActionContext } from './action.ts'
import { isSingleKey, nameOfPress, type KeyPress } from './key-press.ts'
import { KeySequence, type KeyBinding } from './key-sequence.ts'
import { ACTIONS, findAction, keysOf, startAction } from './registry.ts'

/** A press with what it happened on. */
export interface PagePress extends KeyPress {
  readonly defaultPrevented: boolean
  readonly repeat: boolean
  /** What the focused element does with keys itself. */
  readonly focus: FocusKind
  preventDefault(): void
}

/** `text`: it takes characters. `control`: it takes Space, Enter and arrows. */
export type FocusKind = 'page' | 'control' | 'text'

const CONTROL_KEYS = ['Space', 'Enter', 'ArrowUp', 'ArrowDown']

export class Shortcuts {
  readonly #context: ActionContext
  readonly #isMac: boolean
  readonly #sequence = new KeySequence()

  constructor(context: ActionContext, isMac: boolean) {
    this.#context = context
    this.#isMac = isMac
  }

  /** True when the press was taken. */
  handle(press: PagePress, atMs: number): boolean {
    if (press.defaultPrevented) return false
    const name = nameOfPress(press, this.#isMac)
    if (name === null) return false
    if (name === 'Escape') return this.#escape(press)
    if (!this.#mayAct(name, press.focus)) {
      this.#sequence.forget()
      return false
    }
    const match = this.#sequence.press(name, atMs, this.#bindings())
    if (match.kind === 'none') return false
    press.preventDefault()
    const action = match.kind === 'action' ? findAction(match.actionId) : null
    const isMovement = action?.id.startsWith('list.') === true
    if (action !== null && (!press.repeat || isMovement)) void startAction(action, this.#context)
    return true
  }

  #bindings(): readonly KeyBinding[] {
    const { preferences, hello } = this.#context.console
    return ACTIONS.flatMap((action) =>
      keysOf(action, preferences, hello.abilities).map((keys) => ({ keys, actionId: action.id }))
    )
  }

  /** WCAG 2.1.4: single keys never act on somebody who types, and can be switched off. */
  #mayAct(name: string, focus: FocusKind): boolean {
    const { shell, plans, preferences } = this.#context.console
    if (shell.isModal || plans.draft !== null) return false
    if (name.startsWith('Mod+') || /^F[0-9]+$/.test(name)) return true
    if (focus === 'text') return false
    if (focus === 'control' && CONTROL_KEYS.includes(name)) return false
    return preferences.areSingleKeysOn || !isSingleKey(name)
  }

  /** From the inside out: what is over the page closes first; sheets close themselves. */
  #escape(press: PagePress): boolean {
    this.#sequence.forget()
    const { console } = this.#context
    if (console.shell.isModal || console.plans.draft !== null || press.focus === 'text')
      return false
    if (console.shell.isWall) console.shell.isWall = false
    else if (console.live.viewAtMs !== null) console.backToLive()
    else if (console.selection.current !== null) console.selection.clear()
    else if (console.isPaused) console.backToLive()
    else return false
    press.preventDefault()
    return true
  }
}

const TEXT_TARGETS =
  'input:not([type=checkbox], [type=radio], [type=range], [type=button]), textarea, select, [contenteditable]:not([contenteditable=false])'
const CONTROL_TARGETS =
  'button, a[href], summary, input, [role=button], [role=option], [role=switch], [role=tab], [role=menuitem], [role=slider], [role=radio], [role=listbox], [role=tablist], [role=separator][tabindex]'

/** What an element does with keys by itself. */
export function focusKindOf(target: EventTarget | null): FocusKind {
  if (!(target instanceof Element)) return 'page'
  if (target.closest(TEXT_TARGETS) !== null) return 'text'
  return target.closest(CONTROL_TARGETS) === null ? 'page' : 'control'
}
