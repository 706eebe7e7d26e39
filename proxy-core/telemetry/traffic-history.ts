/**
 * The engine's memory of its traffic: all of it together and up to 32 pools at four resolutions
 * (60 s, 15 min, 2 h and 24 h), up to 1024 backends for the last minute.
 *
 * Memory, allocated when a pool or backend gets its first traffic: 1.2 MB for each pool and for
 * the total, 8.6 kB for each backend; 47 MB when every limit is reached.
 */
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { Series, SeriesQuery } from '../model/series.ts'
import { BackendRing } from './backend-ring.ts'
import {
  RANGE_VIEWS,
  readerOfBackend,
  readerOfRing,
  readIdle,
  readNothing,
  seriesOf,
  type PointReader,
  type RangeView
} from './series-of.ts'
import { RESOLUTIONS, TimeAxis } from './time-axis.ts'
import { FIELDS } from './traffic-meter.ts'
import { TrafficRing, type Measured } from './traffic-ring.ts'

export const MAX_POOLS_KEPT = 32
export const MAX_BACKENDS_KEPT = 1024

type Rings = readonly TrafficRing[]

const NOTHING: Measured = {
  delta: new Float64Array(FIELDS),
  latency: null,
  inFlight: 0,
  queued: 0
}

export class TrafficHistory {
  readonly #axes = RESOLUTIONS.map((resolution) => new TimeAxis(resolution))
  #total: Rings | null = null
  readonly #pools = new Map<string, Rings>()
  readonly #backends = new Map<string, Map<string, BackendRing>>()
  #backendCount = 0
  /** Of pools that the configuration no longer has. */
  #absent: readonly Rings[] = []

  /** Before the additions of a tick. */
  advance(atMs: number, measuredMs: number): void {
    for (const axis of this.#axes) axis.advance(atMs, measuredMs)
    // Places come round again: what nobody adds to has to be emptied all the same.
    for (const rings of this.#absent) for (const ring of rings) ring.add(NOTHING)
  }

  addTotal(measured: Measured): void {
    this.#total ??= this.#newRings()
    for (const ring of this.#total) ring.add(measured)
  }

  addPool(pool: string, measured: Measured, hasTraffic: boolean): void {
    let rings = this.#pools.get(pool)
    if (rings === undefined) {
      if (!hasTraffic || this.#pools.size >= MAX_POOLS_KEPT) return
      rings = this.#newRings()
      this.#pools.set(pool, rings)
    }
    for (const ring of rings) ring.add(measured)
  }

  /** The ring of a backend, made with its first traffic; null beyond the limit. */
  openBackend(pool: string, backend: string): BackendRing | null {
    const known = this.#backends.get(pool)?.get(backend)
    if (known !== undefined) return known
    if (this.#backendCount >= MAX_BACKENDS_KEPT) return null
    const ring = new BackendRing(this.#axes[0]!)
    const ofPool = this.#backends.get(pool) ?? new Map<string, BackendRing>()
    this.#backends.set(pool, ofPool.set(backend, ring))
    this.#backendCount++
    return ring
  }

  /**
   * Forgets the backends that the configuration no longer has. Its pools are kept until their
   * place is needed, so that a look back still finds them.
   */
  retain(fleet: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const [pool, rings] of this.#backends) {
      for (const backend of rings.keys()) {
        if (fleet.get(pool)?.has(backend) !== true) rings.delete(backend)
      }
    }
    this.#backendCount = [...this.#backends.values()].reduce((sum, { size }) => sum + size, 0)
    for (const pool of [...this.#pools.keys()]) {
      if (this.#pools.size >= MAX_POOLS_KEPT && !fleet.has(pool)) this.#pools.delete(pool)
    }
    this.#absent = [...this.#pools].flatMap(([pool, rings]) => (fleet.has(pool) ? [] : [rings]))
  }

  /**
   * `nowMs` is the wall clock; `fleet` the pools and backends of the configuration. Throws
   * POOL_UNKNOWN or BACKEND_UNKNOWN for what is in neither the fleet nor the rings.
   */
  series(
    { scope, range, endMs }: SeriesQuery,
    nowMs: number,
    fleet: ReadonlyMap<string, ReadonlySet<string>>
  ): Series {
    const view = scope.kind === 'backend' ? RANGE_VIEWS['1m'] : RANGE_VIEWS[range]
    const axis = this.#axes[view.resolution]!
    const lastMs = axis.lastMs > 0 ? axis.lastMs : nowMs
    const read = this.#readerOf(scope, view, fleet)
    return seriesOf(axis, view, endMs ?? lastMs, read)
  }

  #readerOf(
    scope: SeriesQuery['scope'],
    view: RangeView,
    fleet: ReadonlyMap<string, ReadonlySet<string>>
  ): PointReader {
    if (scope.kind === 'total') return this.#ringReader(this.#total, view, true)
    const { pool } = scope
    const rings = this.#pools.get(pool)
    const backends = fleet.get(pool)
    if (backends === undefined && rings === undefined) throw unknownPool(pool)
    if (scope.kind === 'pool') {
      return this.#ringReader(rings ?? null, view, this.#pools.size < MAX_POOLS_KEPT)
    }
    const ring = this.#backends.get(pool)?.get(scope.backend)
    if (ring !== undefined) return readerOfBackend(ring)
    if (backends?.has(scope.backend) !== true) throw unknownBackend(pool, scope.backend)
    return this.#backendCount < MAX_BACKENDS_KEPT ? readIdle : readNothing
  }

  #ringReader(rings: Rings | null, view: RangeView, hasRoom: boolean): PointReader {
    if (rings !== null) return readerOfRing(rings[view.resolution]!)
    return hasRoom ? readIdle : readNothing
  }

  #newRings(): Rings {
    return this.#axes.map((axis) => new TrafficRing(axis))
  }
}

function unknownPool(pool: string): SwitchyardError {
  return new SwitchyardError('POOL_UNKNOWN', `There is no pool named ${pool}.`, { pool })
}

function unknownBackend(pool: string, backend: string): SwitchyardError {
  const reason = `Pool ${pool} has no backend ${backend}.`
  return new SwitchyardError('BACKEND_UNKNOWN', reason, { pool, backend })
}
