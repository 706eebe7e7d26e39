/**
 * The table of pools as the operator looks at it: which lines, in which order, which is marked.
 * Order and `only problems` are kept while numbers change, so that no row jumps or vanishes.
 */
import { untrack } from 'svelte'
import type { LivePool } from '../../../preload/contract/live-state.ts'
import type { ConsoleState } from '../../state/console-state.svelte.ts'
import { backendName } from '../live/backend-name.ts'
import {
  backendKey,
  isNamedBy,
  isProblemBackend,
  keySet,
  linesOf,
  type Line,
  type NameOf
} from './pool-lines.ts'
import {
  BY_SEVERITY,
  mergedOrder,
  nextSorting,
  sortedKeys,
  type SortKey,
  type Sorting
} from './pool-order.ts'

export type PoolsConsole = Pick<ConsoleState, 'live' | 'shell' | 'selection' | 'workspace'>

export class PoolsView {
  sorting = $state.raw<Sorting>(BY_SEVERITY)
  /** Key of the marked line; null before the operator marked one. */
  cursor = $state<string | null>(null)
  #collapsed = $state.raw(keySet())
  /** As it was worked out when the operator last asked; null before the first time. */
  #asked = $state.raw<readonly string[] | null>(null)

  readonly #console: PoolsConsole
  readonly #nameOf: NameOf = (address) => backendName(address, this.#console.workspace?.demo)
  /** The order of the first fleet, which holds until the operator asks for another. */
  #first: readonly string[] | null = null
  /** What was a problem at any time since `only problems` was switched on. */
  #latched = keySet()

  readonly pools: readonly LivePool[] = $derived.by(() => this.#console.live.fleet?.pools ?? [])
  readonly #order: readonly string[] = $derived.by(() =>
    mergedOrder(this.#asked ?? this.#firstOrder(), configuredKeys(this.pools))
  )
  /** One text, so that what follows from it is worked out only when a problem comes or goes. */
  readonly #problemText: string = $derived.by(() => this.#problemKeys().join('\t'))
  readonly #problems: ReadonlySet<string> = $derived.by(() =>
    keySet(this.#problemText === '' ? [] : this.#problemText.split('\t'))
  )
  readonly lines: readonly Line[] = $derived.by(() =>
    linesOf(this.pools, {
      filter: this.#filter,
      nameOf: this.#nameOf,
      problems: this.#problems,
      only: this.#console.shell.isOnlyProblems ? this.#latchedProblems() : this.#unlatched(),
      collapsed: this.#collapsed,
      order: this.#order
    })
  )
  /** Problems that the filter leaves out: they are told, because nothing sick may vanish. */
  readonly hiddenProblems: number = $derived.by(() => {
    const filter = this.#filter.trim()
    if (filter === '') return 0
    return this.pools
      .flatMap((pool) => pool.backends.map((backend) => ({ pool, backend })))
      .filter(({ pool, backend }) => this.#problems.has(backendKey(pool.name, backend.address)))
      .filter(({ pool, backend }) => !isNamedBy(filter, pool, backend, this.#nameOf)).length
  })
  /** Shown by `only problems` although they are well again. */
  readonly recovered: number = $derived.by(() => {
    if (!this.#console.shell.isOnlyProblems) return 0
    return [...this.#latchedProblems()].filter((key) => !this.#problems.has(key)).length
  })

  constructor(console: PoolsConsole) {
    this.#console = console
  }

  get #filter(): string {
    return this.#console.shell.filterOf('pools')
  }

  get problemCount(): number {
    return this.#problems.size
  }

  get cursorIndex(): number {
    return this.cursor === null ? -1 : this.lines.findIndex(({ key }) => key === this.cursor)
  }

  /** Works the order out anew; the same column again turns it round. */
  sortBy(by: SortKey): void {
    this.#sort(nextSorting(this.sorting, by))
  }

  /** The same order by the numbers of now. */
  sortAgain(): void {
    this.#sort(this.sorting)
  }

  isCollapsed(pool: string): boolean {
    return this.#collapsed.has(pool)
  }

  toggle(pool: string): void {
    this.setCollapsed(pool, !this.#collapsed.has(pool))
  }

  setCollapsed(pool: string, isCollapsed: boolean): void {
    const others = [...this.#collapsed].filter((name) => name !== pool)
    this.#collapsed = keySet(isCollapsed ? [...others, pool] : others)
    // The mark stays on something that is shown.
    if (isCollapsed && this.cursor?.startsWith(`${pool}\n`) === true) this.cursor = pool
  }

  move(rows: number): void {
    if (this.lines.length === 0) return
    const from = this.cursorIndex === -1 ? (rows > 0 ? -1 : this.lines.length) : this.cursorIndex
    const to = Math.min(this.lines.length - 1, Math.max(0, from + rows))
    this.cursor = this.lines[to]?.key ?? null
  }

  /** Closes a pool, or goes from a backend to its pool. */
  moveOut(): void {
    const line = this.lines[this.cursorIndex]
    if (line === undefined) return
    if (line.kind === 'backend') this.cursor = line.pool.name
    else this.setCollapsed(line.pool.name, true)
  }

  /** Opens a pool, or goes to its first backend. */
  moveIn(): void {
    const line = this.lines[this.cursorIndex]
    if (line?.kind !== 'pool') return
    if (line.isCollapsed) this.setCollapsed(line.pool.name, false)
    else if (this.lines[this.cursorIndex + 1]?.kind === 'backend') this.move(1)
  }

  /** Shows a line in the inspector; without one, the marked line. */
  inspect(line: Line | undefined = this.lines[this.cursorIndex]): void {
    if (line === undefined) return
    this.cursor = line.key
    const { selection, shell } = this.#console
    const pool = line.pool.name
    if (line.kind === 'pool') selection.select({ kind: 'pool', pool })
    else selection.select({ kind: 'backend', pool, backend: line.backend.address })
    shell.isInspectorOpen = true
  }

  #sort(sorting: Sorting): void {
    this.sorting = sorting
    this.#asked = sortedKeys(this.pools, this.#console.live, sorting)
  }

  #firstOrder(): readonly string[] {
    if (this.#first === null && this.pools.length > 0) {
      this.#first = untrack(() => sortedKeys(this.pools, this.#console.live, BY_SEVERITY))
    }
    return this.#first ?? []
  }

  #problemKeys(): readonly string[] {
    const { live } = this.#console
    return this.pools.flatMap(({ name, backends }) =>
      backends
        .filter((one) => isProblemBackend(one, live.rates('backend', name, one.address)))
        .map(({ address }) => backendKey(name, address))
    )
  }

  #latchedProblems(): ReadonlySet<string> {
    const hasNew = [...this.#problems].some((key) => !this.#latched.has(key))
    if (hasNew) this.#latched = keySet([...this.#latched, ...this.#problems])
    return this.#latched
  }

  #unlatched(): null {
    this.#latched = keySet()
    return null
  }
}

function configuredKeys(pools: readonly LivePool[]): readonly string[] {
  return pools.flatMap(({ name, backends }) => [
    name,
    ...backends.map(({ address }) => backendKey(name, address))
  ])
}
