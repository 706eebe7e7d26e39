/** What of the shell is open, and how the views are set. Nothing of it is kept over a reload. */
import { SERIES_RANGES, type SeriesRange } from '../../proxy-core/model/series.ts'
import { SCREENS, type ScreenName } from './route.ts'

export const MIN_INSPECTOR_PX = 280
export const MAX_INSPECTOR_PX = 720

/** An action that the palette shall ask the arguments of. */
export interface PaletteRequest {
  /** What the input holds at first: a prefix `>`, `@`, `:` or "". */
  readonly query: string
  /** Id of an action; null for the whole palette. */
  readonly actionId: string | null
}

export class ShellState {
  palette = $state.raw<PaletteRequest | null>(null)
  isShortcutSheetOpen = $state(false)
  /** Verdict, river and problems only, in large type. */
  isWall = $state(false)
  isInspectorOpen = $state(true)
  /** The sheet that is open, of those that belong to a screen. */
  sheet = $state.raw<{ readonly kind: 'add_backend'; readonly pool: string | null } | null>(null)
  range = $state<SeriesRange>('5m')
  isOnlyProblems = $state(false)
  /** The graph of Live as a table. */
  isTable = $state(false)
  #inspectorPx = $state(360)
  #filters = $state.raw<Readonly<Record<ScreenName, string>>>(noFilters())

  get inspectorPx(): number {
    return this.#inspectorPx
  }

  set inspectorPx(px: number) {
    this.#inspectorPx = Math.round(Math.min(MAX_INSPECTOR_PX, Math.max(MIN_INSPECTOR_PX, px)))
  }

  /** Something modal is open: single keys belong to it. */
  get isModal(): boolean {
    return this.palette !== null || this.isShortcutSheetOpen || this.sheet !== null
  }

  filterOf(screen: ScreenName): string {
    return this.#filters[screen]
  }

  setFilter(screen: ScreenName, filter: string): void {
    this.#filters = { ...this.#filters, [screen]: filter }
  }

  /** 1 to 5, as on the keys. */
  chooseRange(position: number): void {
    this.range = SERIES_RANGES[position - 1] ?? this.range
  }

  openPalette(query = ''): void {
    this.palette = { query, actionId: null }
  }

  askFor(actionId: string): void {
    this.palette = { query: '', actionId }
  }
}

function noFilters(): Record<ScreenName, string> {
  return Object.fromEntries(SCREENS.map((screen) => [screen, ''])) as Record<ScreenName, string>
}
