/**
 * Completes ticks. The engine leaves out rows that stayed as they were, and a page may miss
 * payloads; what the page gets has every row, and the probes of the last second again.
 */
import type { Fleet, ProbedBackend, Tick } from '../../../proxy-core/model/engine-telemetry.ts'
import { TRAFFIC_COLUMNS, type TrafficRow } from '../../../proxy-core/model/traffic-row.ts'
import type { LiveNumbers } from '../../../preload/contract/live-state.ts'
import { HoldBook } from './hold-book.ts'

/** A page that acknowledges slower than this misses single probes, which the next ones replace. */
const REPEAT_PROBES_MS = 1_000

const ZERO_ROW: TrafficRow = TRAFFIC_COLUMNS.map((name) => (name.endsWith('Ms') ? -1 : 0))

interface RecentProbe {
  readonly tickAtMs: number
  readonly probed: ProbedBackend
}

export class RowBook {
  #rows: TrafficRow[][] = []
  readonly #holds = new HoldBook()
  readonly #probes = new Map<string, ProbedBackend>()
  #recent: RecentProbe[] = []

  /** Another order of rows, or other backends. */
  begin(fleet: Fleet): void {
    this.#rows = fleet.pools.map(({ backends }) => backends.map(() => ZERO_ROW))
    this.#holds.begin(fleet)
    const known = new Set(
      fleet.pools.flatMap(({ name, backends }) => backends.map((b) => keyOf(name, b.address)))
    )
    for (const key of this.#probes.keys()) if (!known.has(key)) this.#probes.delete(key)
    this.#recent = []
  }

  /** Another engine: nothing that was known is of it. */
  forget(): void {
    this.#rows = []
    this.#holds.forget()
    this.#probes.clear()
    this.#recent = []
  }

  /** The newest probes of one backend; null before the first. */
  probed(pool: string, backend: string): ProbedBackend | null {
    return this.#probes.get(keyOf(pool, backend)) ?? null
  }

  allProbed(): ProbedBackend[] {
    return [...this.#probes.values()]
  }

  /** Probes of before the observation began. */
  takeBoard(board: readonly ProbedBackend[]): void {
    for (const probed of board) this.#probes.set(keyOf(probed.pool, probed.backend), probed)
  }

  complete(tick: Tick, revision: number): LiveNumbers {
    this.takeBoard(tick.probed)
    this.#recent = [
      // None from ahead either: of before the wall clock was set back.
      ...this.#recent.filter(({ tickAtMs }) => {
        return tickAtMs <= tick.atMs && tickAtMs > tick.atMs - REPEAT_PROBES_MS
      }),
      ...tick.probed.map((probed) => ({ tickAtMs: tick.atMs, probed }))
    ]
    const newest = new Map(
      this.#recent.map(({ probed }) => [keyOf(probed.pool, probed.backend), probed])
    )
    const pools = tick.pools.map(({ row, hold, backends }, pool) => ({
      row,
      hold: this.#holds.complete(pool, hold, tick.atMs),
      backends: backends.map((given, backend) => this.#rowAt(pool, backend, given))
    }))
    return { ...tick, revision, pools, probed: [...newest.values()] }
  }

  #rowAt(pool: number, backend: number, given: TrafficRow | null): TrafficRow {
    const rows = (this.#rows[pool] ??= [])
    return (rows[backend] = given ?? rows[backend] ?? ZERO_ROW)
  }
}

function keyOf(pool: string, backend: string): string {
  return JSON.stringify([pool, backend])
}
