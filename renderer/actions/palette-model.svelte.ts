/** The palette while it is open: what is typed, which page is shown, what a choice does. */
import type { Action, ActionContext, ActionValues } from './action.ts'
import {
  argumentSections,
  paletteSections,
  type PaletteRow,
  type PaletteSection
} from './palette-rows.ts'
import { findAction, nextArgument, startAction, valuesFromSelection } from './registry.ts'

const MAX_RECENT = 5

/** Of this page's life. */
let recentIds: readonly string[] = []

export class PaletteModel {
  query = $state('')
  /** The action whose argument is asked for; null on the first page. */
  action = $state.raw<Action | null>(null)
  #values = $state.raw<ActionValues>({})

  readonly #context: ActionContext

  constructor(context: ActionContext) {
    this.#context = context
    const request = context.console.shell.palette
    this.query = request?.query ?? ''
    const action = request?.actionId == null ? null : findAction(request.actionId)
    if (action !== null) this.#ask(action, valuesFromSelection(context, action))
  }

  get sections(): readonly PaletteSection[] {
    const { action, argument } = this
    if (action === null || argument === null) {
      return paletteSections(this.query, this.#context, recentIds)
    }
    return argumentSections(this.query, argument, this.#context, action)
  }

  get argument(): ReturnType<typeof nextArgument> {
    return this.action === null ? null : nextArgument(this.action, this.#values)
  }

  get placeholder(): string {
    const { argument } = this
    if (argument === null) return 'Search, or > actions, @ things, : time'
    return argument.kind === 'text' ? argument.placeholder : argument.title
  }

  choose({ choice, reason }: PaletteRow): void {
    if (reason !== null) return
    const { console } = this.#context
    switch (choice.kind) {
      case 'action':
        return this.#start(choice.action)
      case 'answer':
        return this.#answer(choice.values)
      case 'moment':
        console.lookAt(choice.atMs)
        break
      case 'pool':
        console.router.go('pools', { pool: choice.pool })
        break
      case 'backend':
        console.router.go('pools', { pool: choice.pool, backend: choice.backend })
        break
    }
    this.close()
  }

  /** Backspace in an empty input: to the page before. False on the first page. */
  back(): boolean {
    if (this.action === null) return false
    this.action = null
    this.#values = {}
    this.query = ''
    return true
  }

  close(): void {
    this.#context.console.shell.palette = null
  }

  #start(action: Action): void {
    recentIds = [action.id, ...recentIds.filter((id) => id !== action.id)].slice(0, MAX_RECENT)
    const values = valuesFromSelection(this.#context, action)
    if (nextArgument(action, values) !== null) this.#ask(action, values)
    else this.#run(action, values)
  }

  #answer(values: ActionValues): void {
    const { action } = this
    if (action === null) return
    const all = { ...this.#values, ...values }
    if (nextArgument(action, all) === null) this.#run(action, all)
    else this.#ask(action, all)
  }

  #ask(action: Action, values: ActionValues): void {
    this.action = action
    this.#values = values
    this.query = ''
  }

  #run(action: Action, values: ActionValues): void {
    // Closed first: what the action opens must not find the palette in its way.
    this.close()
    void startAction(action, this.#context, values)
  }
}
