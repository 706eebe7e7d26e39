/**
 * The requests that routes store, from their acceptance to their delivery: owns the store, what
 * leads into it and what leads out of it. Outlives every reload.
 */
import { DeliveryDesk, type RoutePlan } from '../delivery/delivery-desk.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import { IntakeRoom } from '../intake/intake-room.ts'
import { RouteIntake } from '../intake/route-intake.ts'
import { StatusDesk } from '../intake/status-desk.ts'
import { StoreGate } from '../intake/store-gate.ts'
import { DEFAULT_STORE } from '../model/default-store.ts'
import type { EngineEventBody } from '../model/engine-event.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { StoreSettings } from '../model/store-settings.ts'
import type { EntryHead, RequestStore } from '../store/request-store.ts'
import type { EngineContext } from './engine-context.ts'
import type { BufferRouteView, BufferView } from './engine-view.ts'
import { StoreKeeper, type OpenStore } from './store-keeper.ts'
import { storeRestartReason } from './store-settings-change.ts'

export class RequestBuffer {
  readonly #context: EngineContext
  readonly #gate: StoreGate
  readonly #room = new IntakeRoom()
  readonly #open: OpenStore
  readonly #statusDesk: StatusDesk
  /** Those that the store was opened with. */
  #settings: StoreSettings | null = null
  #keeper: StoreKeeper | null = null
  #store: RequestStore | null = null
  #desk: DeliveryDesk | null = null
  #plans: readonly RoutePlan[] = []

  constructor(context: EngineContext, open: OpenStore) {
    this.#context = context
    this.#gate = new StoreGate(DEFAULT_STORE, context.clock, context.emit)
    this.#open = open
    this.#statusDesk = new StatusDesk(context, {
      find: (id) => this.#find(id),
      nextAttemptAtMs: (entry) => this.#desk?.nextAttemptAtMs(entry) ?? null
    })
  }

  /** null: it is not open. */
  get store(): RequestStore | null {
    return this.#store
  }
  /** null: the configuration has no store. */
  get view(): BufferView | null {
    if (this.#settings === null) return null
    const { clock } = this.#context
    const stats = this.#store?.stats() ?? null
    const routes = this.#routeViews(clock.now())
    const oldestAtMs = stats?.oldestPendingAtMs ?? null
    return {
      stats,
      maxBytes: this.#settings.maxBytes,
      refused: this.#gate.refused,
      blocked: this.#gate.waitingCount,
      intakeBytes: this.#room.usedBytes,
      oldestMs: oldestAtMs === null ? 0 : Math.max(0, clock.wallNow() - oldestAtMs),
      drainMs: stats === null ? null : drainMs(stats.pending, routes),
      routes
    }
  }
  /** Deliveries that run. */
  get busyCount(): number {
    return this.#desk?.running ?? 0
  }
  /** What answers for the status of stored requests. */
  get statusDesk(): StatusDesk {
    return this.#statusDesk
  }

  /** Throws CONFIG_NEEDS_RESTART and changes nothing. */
  check(settings: StoreSettings | null): void {
    const reason = storeRestartReason(this.#settings, settings)
    if (reason !== null) throw new SwitchyardError('CONFIG_NEEDS_RESTART', reason)
  }

  /**
   * After `check`: opens the store if there is one to open. A store that cannot be opened is an
   * event, and its routes answer 503 until it can.
   */
  async open(settings: StoreSettings | null): Promise<void> {
    if (settings === null || this.#settings !== null) return
    this.#settings = settings
    const keeper = new StoreKeeper(this.#context, this.#open, (store) => this.#opened(store))
    this.#keeper = keeper
    await keeper.open(settings)
  }

  /** The configuration that `open` was for is not in force: `settings` are, as before. */
  async revert(settings: StoreSettings | null): Promise<void> {
    if (settings !== null || this.#settings === null) return
    this.#settings = null
    await this.drain()
    await this.close()
    this.#desk = null
  }

  /** The way of a route's requests into the store; null where it stores none. */
  intakeOf(route: CompiledRoute): RouteIntake | null {
    const { store } = route.settings
    if (store === null) return null
    return new RouteIntake(route, store, {
      context: this.#context,
      gate: this.#gate,
      room: this.#room
    })
  }

  /** The routes of the configuration that is in force from now on. */
  deliver(plans: readonly RoutePlan[], settings: StoreSettings | null): void {
    this.#plans = plans
    if (settings !== null) this.#gate.settings = settings
    this.#desk?.configure(plans)
  }

  /** Something of a pool may have changed. */
  noticed(event: EngineEventBody): void {
    this.#desk?.noticed(event)
  }

  /** Delivers nothing further; resolves when what runs is over. Requests are still taken. */
  async drain(): Promise<void> {
    this.#keeper?.close()
    await this.#desk?.drain()
  }

  /** Breaks off what runs; those requests stay pending. Returns how many deliveries that were. */
  cut(): number {
    return this.#desk?.cut() ?? 0
  }

  /** After `drain` or `cut`. */
  async close(): Promise<void> {
    this.#gate.close()
    await this.#store?.close()
    this.#store = null
  }

  #opened(store: RequestStore): void {
    this.#store = store
    this.#gate.store = store
    this.#desk = new DeliveryDesk(store, this.#context)
    this.#desk.configure(this.#plans)
  }

  #routeViews(nowMs: number): readonly BufferRouteView[] {
    return (this.#desk?.routes ?? []).map(({ route, counters, running, waiting }) => ({
      route,
      running,
      waiting,
      delivered: counters.deliveredCount,
      retried: counters.retriedCount,
      dead: counters.deadCount,
      expired: counters.expiredCount,
      perMinute: counters.perMinute(nowMs)
    }))
  }

  async #find(id: string): Promise<EntryHead | null> {
    if (this.#store === null) throw new Error('The store is not open.')
    return this.#store.find(id)
  }
}

const MINUTE_MS = 60_000

/** Infinity: nothing was delivered within the last minute. */
function drainMs(pending: number, routes: readonly BufferRouteView[]): number {
  if (pending === 0) return 0
  const perMinute = routes.reduce((sum, route) => sum + route.perMinute, 0)
  return (pending / perMinute) * MINUTE_MS
}
