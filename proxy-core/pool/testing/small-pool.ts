/** A pool whose backends take every exchange and keep it until the test ends it. */
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { EngineContext } from '../../engine/engine-context.ts'
import { Exchange } from '../../exchange/exchange.ts'
import type { ClientExchanges } from '../../listener/client-exchanges.ts'
import type { Refusal } from '../../listener/refusal.ts'
import { TrafficCounters } from '../../metrics/traffic-counters.ts'
import { DEFAULT_POOL } from '../../model/default-settings.ts'
import type { EngineEventBody } from '../../model/engine-event.ts'
import type { BackendSettings, PoolSettings } from '../../model/settings.ts'
import type { ConnectionPool } from '../../upstream/connection-pool.ts'
import { Backend } from '../backend.ts'
import { Pool } from '../pool.ts'

export class SmallPool {
  readonly clock = new ManualClock()
  readonly events: EngineEventBody[] = []
  readonly pool: Pool
  /** What clients were told in place of a response. */
  readonly refusals: string[] = []
  /** Addresses in the order in which they got exchanges. */
  readonly sent: string[] = []
  /** Addresses of backends whose connections were given up. */
  readonly abandoned: string[] = []
  /** Told of each exchange that a backend gets. */
  watch: ((backend: Backend, exchange: Exchange) => void) | null = null
  readonly #context: EngineContext
  readonly #backends = new Map<string, Backend>()

  constructor(settings: Partial<PoolSettings>, ...backends: readonly Partial<BackendSettings>[]) {
    this.#context = new EngineContext(
      this.clock,
      () => 0.5,
      (event) => this.events.push(event)
    )
    this.pool = new Pool(this.#settings(settings), this.#context)
    this.configure(settings, ...backends)
    this.pool.start()
  }

  configure(
    settings: Partial<PoolSettings>,
    ...backends: readonly Partial<BackendSettings>[]
  ): void {
    const members = backends.map((one) => this.#member({ ...BACKEND, ...one }))
    const connections = members.map((backend) => [backend, this.#connections(backend)] as const)
    this.pool.configure(this.#settings(settings), new Map(connections))
  }

  backend(address: string): Backend {
    return this.#backends.get(address)!
  }

  /** A request, of a session where `session` names its backend. */
  ask(session?: string, parts: Partial<Exchange> = {}): Exchange {
    const exchange = Object.assign(new Exchange(), parts)
    exchange.startedMs = this.clock.now()
    exchange.stickyBackend = session === undefined ? null : this.backend(session)
    exchange.client = {
      listener: { counters: new TrafficCounters() },
      upstreamFailed: (_one: Exchange, { status, termination }: Refusal) => {
        this.refusals.push(`${status} ${termination}`)
        this.end(exchange)
      },
      awaitSlot: () => undefined,
      slotFound: () => undefined,
      held: () => undefined
    } as unknown as ClientExchanges
    this.pool.dispatch(exchange)
    return exchange
  }

  /** Who takes a request with this key, for algorithms that go by one. */
  homeOf(key: string): string {
    const exchange = this.ask(undefined, { key })
    const { backend } = exchange
    this.end(exchange)
    return backend
  }

  end(exchange: Exchange): void {
    this.pool.exchangeDone(exchange)
    exchange.assignedBackend = null
  }

  /** The backends of so many requests, each of which ends before the next one. */
  picks(count: number): string[] {
    return Array.from({ length: count }, () => {
      const exchange = this.ask()
      const { backend } = exchange
      this.end(exchange)
      return backend
    })
  }

  #settings(parts: Partial<PoolSettings>): PoolSettings {
    return { ...DEFAULT_POOL, name: 'main', backends: [], ...parts }
  }

  #member(settings: BackendSettings): Backend {
    const known = this.#backends.get(settings.address)
    if (known !== undefined) {
      known.configure(settings)
      return known
    }
    const backend = new Backend(settings, {
      pool: 'main',
      clock: this.clock,
      emit: this.#context.emit,
      changed: (changed) => this.pool.backendChanged(changed)
    })
    this.#backends.set(settings.address, backend)
    return backend
  }

  #connections(backend: Backend): ConnectionPool {
    return {
      isRetired: false,
      send: (exchange: Exchange) => {
        this.sent.push(backend.address)
        this.watch?.(backend, exchange)
      },
      abandon: () => this.abandoned.push(backend.address),
      openCount: 0,
      idleCount: 0
    } as unknown as ConnectionPool
  }
}

export const BACKEND: BackendSettings = {
  address: 'a',
  host: 'a',
  port: 80,
  weight: 1,
  region: null,
  level: 0,
  maxConnections: 0,
  slowStartMs: 0,
  healthCheck: null
}
