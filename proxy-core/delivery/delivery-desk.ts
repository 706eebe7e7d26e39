/** The deliveries of all routes that store requests, over one store. */
import type { EngineContext } from '../engine/engine-context.ts'
import type { EngineEventBody } from '../model/engine-event.ts'
import { routeHashOf } from '../store/entry-hash.ts'
import type { EntryHead, PendingEntry, RequestStore } from '../store/request-store.ts'
import { DeliveryBulletin } from './delivery-bulletin.ts'
import { ExpirySweep } from './expiry-sweep.ts'
import { FlightRoom } from './flight-room.ts'
import { RouteDelivery, type DeliveryPlan, type DeliveryServices } from './route-delivery.ts'

/** What a configuration says of one route that stores requests. */
export interface RoutePlan extends DeliveryPlan {
  readonly route: string
  /** Those that may serve it. */
  readonly pools: readonly string[]
}

export class DeliveryDesk {
  readonly #services: DeliveryServices
  readonly #sweep: ExpirySweep
  readonly #deliveries = new Map<string, RouteDelivery>()
  readonly #inFlight = new Set<number>()
  #plans: readonly RoutePlan[] = []
  /** Entries that expired and belong to no route of the configuration. */
  #expiredElsewhere = 0
  /** What the next turn of the event loop has to look at. */
  #appended = false
  readonly #changedPools = new Set<string>()
  #isTurnDue = false
  /** Resolves when nothing runs any more. */
  #emptied: (() => void) | null = null
  #isStopped = false

  constructor(store: RequestStore, context: EngineContext) {
    const { clock, emit } = context
    this.#services = {
      context,
      store,
      room: new FlightRoom(),
      bulletin: new DeliveryBulletin(clock, emit),
      landed: () => this.#landed(),
      inFlight: this.#inFlight
    }
    this.#sweep = new ExpirySweep(
      store,
      clock,
      (seq) => this.#inFlight.has(seq),
      (entry) => this.#expire(entry)
    )
    store.onAppended = () => {
      this.#appended = true
      this.#takeTurn()
    }
    this.#sweep.start()
  }

  /** Those of the configuration in force. */
  get routes(): readonly RouteDelivery[] {
    return this.#plans.map(({ route }) => this.#deliveries.get(route)!)
  }
  get running(): number {
    let running = 0
    for (const delivery of this.#deliveries.values()) running += delivery.running
    return running
  }
  get expiredElsewhere(): number {
    return this.#expiredElsewhere
  }

  /** The routes of the configuration that is in force from now on. */
  configure(plans: readonly RoutePlan[]): void {
    this.#plans = plans
    const wanted = new Map(plans.map((plan) => [plan.route, plan]))
    for (const [route, delivery] of [...this.#deliveries]) {
      if (wanted.has(route)) continue
      delivery.configure(null)
      this.#forgetIfDone(route, delivery)
    }
    for (const [route, plan] of wanted) {
      const known = this.#deliveries.get(route) ?? new RouteDelivery(route, this.#services)
      this.#deliveries.set(route, known)
      known.configure(plan)
    }
  }

  /** Something of a pool may have changed. Acts after the event is over, when that has happened. */
  noticed(event: EngineEventBody): void {
    if (!('pool' in event)) return
    this.#changedPools.add(event.pool)
    this.#takeTurn()
  }

  nextAttemptAtMs({ route, seq }: EntryHead): number | null {
    return this.#deliveries.get(route)?.nextAttemptAtMs(seq) ?? null
  }

  /** Sends nothing further; resolves when what runs is over. */
  async drain(): Promise<void> {
    this.#isStopped = true
    this.#sweep.stop()
    this.#services.store.onAppended = null
    for (const delivery of this.#deliveries.values()) delivery.stop()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#emptied = resolve
    this.#landed()
    await promise
    this.#services.bulletin.stop()
  }

  /** After `drain`: breaks off what runs; those requests stay pending. Returns how many they are. */
  cut(): number {
    let cut = 0
    for (const delivery of this.#deliveries.values()) cut += delivery.cut()
    return cut
  }

  #landed(): void {
    if (this.running === 0) this.#emptied?.()
    if (this.#isStopped) return
    for (const [route, delivery] of [...this.#deliveries]) {
      if (this.#isInForce(route)) delivery.pump()
      else this.#forgetIfDone(route, delivery)
    }
  }

  #forgetIfDone(route: string, delivery: RouteDelivery): void {
    if (delivery.running > 0) return
    delivery.stop()
    this.#deliveries.delete(route)
  }

  #isInForce(route: string): boolean {
    return this.#plans.some((plan) => plan.route === route)
  }

  /** Appends and events come by the thousand: they are looked at once for each turn of the loop. */
  #takeTurn(): void {
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    setImmediate(() => {
      this.#isTurnDue = false
      if (!this.#isStopped) this.#turn()
    })
  }

  #turn(): void {
    const hasAppended = this.#appended
    const changed = new Set(this.#changedPools)
    this.#appended = false
    this.#changedPools.clear()
    for (const { route, pools } of this.#plans) {
      const delivery = this.#deliveries.get(route)!
      if (hasAppended) delivery.appended()
      if (pools.some((pool) => changed.has(pool))) delivery.poolChanged()
    }
  }

  #expire({ seq, routeHash }: PendingEntry): void {
    const { store, bulletin } = this.#services
    store.settle(seq, { kind: 'expired' })
    const delivery = this.routes.find(({ route }) => routeHashOf(route) === routeHash)
    if (delivery === undefined) this.#expiredElsewhere++
    else delivery.counters.expired()
    const route = delivery?.route ?? 'that is no longer configured'
    bulletin.tell('expired', route, 'its time was over before its turn came')
  }
}
