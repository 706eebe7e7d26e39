/** One route's delivery on a clock that the test moves, over a store in memory, to nobody. */
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { EngineContext } from '../../engine/engine-context.ts'
import { DEFAULT_STORE_ROUTE } from '../../model/default-store.ts'
import type { EngineEventBody } from '../../model/engine-event.ts'
import type { StoreRouteSettings } from '../../model/store-settings.ts'
import { DeliveryDesk } from '../delivery-desk.ts'
import { MemoryStore } from './memory-store.ts'
import { ScriptedCarrier } from './scripted-carrier.ts'

export class DeliveryBench {
  readonly clock = new ManualClock()
  readonly events: EngineEventBody[] = []
  readonly store = new MemoryStore(() => this.clock.wallNow())
  readonly carrier = new ScriptedCarrier()
  readonly desk: DeliveryDesk
  isPoolServing = true
  #settings: StoreRouteSettings = DEFAULT_STORE_ROUTE

  constructor(settings: Partial<StoreRouteSettings> = {}) {
    const context = new EngineContext(
      this.clock,
      () => 0.5,
      (event) => this.events.push(event)
    )
    this.desk = new DeliveryDesk(this.store, context)
    this.configure(settings)
  }

  configure(settings: Partial<StoreRouteSettings>): void {
    this.#settings = { ...this.#settings, ...settings }
    this.desk.configure([
      {
        route: 'orders',
        pools: ['main'],
        settings: this.#settings,
        carrier: this.carrier,
        isPoolServing: () => this.isPoolServing
      }
    ])
  }

  /** Accepts a request of this key; '' = none. Returns its seq. */
  accept(key = '', parts: { readonly ttlMs?: number; readonly route?: string } = {}): number {
    const { ttlMs = Infinity, route = 'orders' } = parts
    const receivedAtMs = this.clock.wallNow()
    const { seq } = this.store.add({
      ...{ route, key, method: 'POST', target: '/', head: 'Host: a.test\r\n' },
      ...{ idempotencyKey: 'k', receivedAtMs, expiresAtMs: receivedAtMs + ttlMs },
      body: Buffer.alloc(0)
    })
    return seq
  }

  /** Something of the pool changed. */
  poolChanged(): void {
    const change = {
      kind: 'pool_availability',
      pool: 'main',
      isAvailable: true,
      doRequestsWait: false,
      reason: ''
    } as const
    this.desk.noticed(change)
  }

  /** Everything that can happen without the clock happens. */
  async settle(): Promise<void> {
    let before = -1
    while (before !== this.#progress) {
      before = this.#progress
      for (let turn = 0; turn < 4; turn++) await ManualClock.flush()
    }
  }

  get #progress(): number {
    return this.carrier.begun.length + this.store.looked
  }
}
