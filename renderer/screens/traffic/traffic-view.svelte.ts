/**
 * The traffic list as the operator looks at it: filtered, newest first, and held still while a
 * row is being read. Collecting goes on, and the list says how many are newer.
 */
import type { TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'
import type { ConsoleState } from '../../state/console-state.svelte.ts'
import { namedSample } from './named-sample.ts'
import {
  matchesFilter,
  parseTrafficFilter,
  withoutTerm,
  withTerm,
  type FilterTerm,
  type TrafficFilter
} from './traffic-filter.ts'

export type TrafficConsole = Pick<
  ConsoleState,
  | 'traffic'
  | 'shell'
  | 'selection'
  | 'isPaused'
  | 'togglePause'
  | 'preferences'
  | 'changePreferences'
  | 'workspace'
>

const MAX_SAVED_FILTERS = 20
const MAX_FILTER_CHARACTERS = 200

export class TrafficView {
  /** `seq` of the marked row; null before the operator marked one. */
  cursor = $state<number | null>(null)
  /** The collected samples as they stood when the list was held; null while it flows. */
  #held = $state.raw<readonly TrafficSample[] | null>(null)

  readonly #console: TrafficConsole

  readonly filter: TrafficFilter = $derived.by(() =>
    parseTrafficFilter(this.#console.shell.filterOf('traffic'))
  )
  /** Newest first. */
  readonly rows: readonly TrafficSample[] = $derived.by(() => this.#matching(this.#shown).reverse())
  /** Matching requests that came since the list was held or paused. */
  readonly newer: number = $derived.by(() => {
    const { traffic } = this.#console
    const newestSeq = this.#held?.at(-1)?.seq
    if (newestSeq === undefined) return traffic.newer
    const fresh = traffic.list.filter(({ seq }) => seq > newestSeq)
    return this.#matching(fresh).length + traffic.newer
  })
  /** Sentences about terms that were not understood, each once. */
  readonly problems: readonly string[] = $derived.by(() =>
    this.filter.terms
      .flatMap(({ problem }) => problem ?? [])
      .filter((problem, at, all) => all.indexOf(problem) === at)
  )

  constructor(console: TrafficConsole) {
    this.#console = console
  }

  get #shown(): readonly TrafficSample[] {
    return this.#held ?? this.#console.traffic.list
  }

  /** Held by reading or by the operator's pause. */
  get isHeld(): boolean {
    return this.#held !== null || this.#console.isPaused
  }

  get cursorIndex(): number {
    return this.cursor === null ? -1 : this.rows.findIndex(({ seq }) => seq === this.cursor)
  }

  get filterText(): string {
    return this.filter.source
  }

  set filterText(text: string) {
    this.#console.shell.setFilter('traffic', text.slice(0, MAX_FILTER_CHARACTERS))
  }

  remove(term: FilterTerm): void {
    this.filterText = withoutTerm(this.filter, term)
  }

  hasTerm(text: string): boolean {
    return this.filter.terms.some((term) => term.text === text)
  }

  /** Adds the term, or takes it away. */
  toggleTerm(text: string): void {
    const present = this.filter.terms.find((term) => term.text === text)
    if (present === undefined) this.filterText = withTerm(this.filter, text)
    else this.remove(present)
  }

  /** Rows stand still from now on: somebody reads them. */
  hold(): void {
    this.#held ??= this.#console.traffic.list
  }

  /** The list flows again; a pause by the operator stays. */
  release(): void {
    this.#held = null
    this.cursor = null
  }

  /** To the newest row, out of every hold. */
  showNewest(): void {
    this.release()
    if (this.#console.isPaused) this.#console.togglePause()
  }

  move(rows: number): void {
    if (this.rows.length === 0) return
    this.hold()
    const from = this.cursorIndex === -1 ? (rows > 0 ? -1 : this.rows.length) : this.cursorIndex
    const to = Math.min(this.rows.length - 1, Math.max(0, from + rows))
    this.cursor = this.rows[to]?.seq ?? null
  }

  /** Shows a row in the inspector; without one, the marked row. */
  inspect(seq: number | null = this.cursor): void {
    if (seq === null) return
    this.hold()
    this.cursor = seq
    this.#console.selection.select({ kind: 'request', seq })
    this.#console.shell.isInspectorOpen = true
  }

  /** Why the present filter cannot be saved; null when it can. */
  get saveRefusal(): string | null {
    const { savedFilters } = this.#console.preferences
    const text = this.filter.source.trim()
    if (text === '') return 'Write a filter first.'
    if (this.problems.length > 0) return 'Mend the filter first.'
    if (savedFilters.some(({ filter }) => filter === text)) return 'This filter is saved already.'
    if (savedFilters.length >= MAX_SAVED_FILTERS) {
      return `At most ${MAX_SAVED_FILTERS} filters are kept. Remove one first.`
    }
    return null
  }

  /** Under its own text, unless a name is given. */
  async save(name: string): Promise<void> {
    if (this.saveRefusal !== null) return
    const filter = this.filter.source.trim()
    const saved = { name: (name.trim() || filter).slice(0, 40), filter }
    const { savedFilters } = this.#console.preferences
    await this.#console.changePreferences({ savedFilters: [...savedFilters, saved] })
  }

  async forget(filter: string): Promise<void> {
    const savedFilters = this.#console.preferences.savedFilters.filter(
      (saved) => saved.filter !== filter
    )
    await this.#console.changePreferences({ savedFilters })
  }

  #matching(samples: readonly TrafficSample[]): TrafficSample[] {
    const demo = this.#console.workspace?.demo
    return samples
      .map((sample) => namedSample(sample, demo))
      .filter((sample) => matchesFilter(this.filter, sample))
  }
}
