/**
 * Contract: every exchange that a pool takes is placed, waits in order or is turned away, and
 * whatever becomes of it, its slot and its place in the queue come back.
 */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { EngineContext } from '../engine/engine-context.ts'
import { ATTEMPT_FAILURES } from '../exchange/attempt-failure.ts'
import { Exchange } from '../exchange/exchange.ts'
import type { ClientExchanges } from '../listener/client-exchanges.ts'
import type { Refusal } from '../listener/refusal.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import { DEFAULT_POOL } from '../model/default-settings.ts'
import type { BackendSettings, PoolSettings } from '../model/settings.ts'
import type { ConnectionPool } from '../upstream/connection-pool.ts'
import { Backend } from './backend.ts'
import { Pool } from './pool.ts'

interface Member {
  readonly backend: Backend
  /** Exchanges that were handed to the backend's connections, in order. */
  readonly sent: Exchange[]
  /** Called instead of a real connection. */
  onSend: (exchange: Exchange) => void
  isRetired: boolean
  abandoned: number
}

interface Asked extends Exchange {
  /** What the client was told instead of a response. */
  refusal?: string
}

class PoolUnderTest {
  readonly pool: Pool
  readonly members = new Map<string, Member>()
  readonly context: EngineContext
  /** Of the listener that every exchange came in by. */
  readonly listenerCounters = new TrafficCounters()

  constructor(settings: Partial<PoolSettings> = {}) {
    this.context = new EngineContext(new ManualClock(), Math.random, () => undefined)
    this.pool = new Pool(poolSettings(settings), this.context)
  }

  /** Brings the pool to these backends; the ones it had go on with their state. */
  configure(settings: Partial<PoolSettings>, ...backends: Partial<BackendSettings>[]): void {
    for (const one of backends) this.#member(backendSettings(one))
    const kept = backends.map((one) => this.members.get(one.address!)!)
    this.pool.configure(
      poolSettings(settings),
      new Map(kept.map((member) => [member.backend, connectionsOf(member)]))
    )
  }

  member(address: string): Member {
    return this.members.get(address)!
  }

  ask(parts: Partial<Exchange> = {}): Asked {
    const exchange: Asked = Object.assign(new Exchange(), parts)
    exchange.client = {
      listener: { counters: this.listenerCounters },
      upstreamFailed: (_exchange: Exchange, { status, termination }: Refusal) => {
        exchange.refusal = `${status} ${termination}`
        this.pool.exchangeDone(exchange)
        exchange.assignedBackend = null
      },
      awaitSlot: () => undefined,
      slotFound: () => undefined
    } as unknown as ClientExchanges
    this.pool.dispatch(exchange)
    return exchange
  }

  #member(settings: BackendSettings): void {
    const known = this.members.get(settings.address)
    if (known !== undefined) return known.backend.configure(settings)
    const backend = new Backend(settings, {
      pool: 'main',
      clock: this.context.clock,
      emit: () => undefined,
      changed: (changed) => this.pool.backendChanged(changed)
    })
    const member: Member = {
      backend,
      sent: [],
      onSend: () => undefined,
      isRetired: false,
      abandoned: 0
    }
    this.members.set(settings.address, member)
  }
}

function connectionsOf(member: Member): ConnectionPool {
  return {
    get isRetired() {
      return member.isRetired
    },
    send: (exchange: Exchange) => {
      member.sent.push(exchange)
      member.onSend(exchange)
    },
    abandon: () => member.abandoned++,
    openCount: 0,
    idleCount: 0
  } as unknown as ConnectionPool
}

function poolSettings(parts: Partial<PoolSettings>): PoolSettings {
  return {
    ...DEFAULT_POOL,
    name: 'main',
    backends: [],
    connections: { maxIdle: 10, idleTimeoutMs: 60_000, maxAgeMs: 0 },
    ...parts
  }
}

function backendSettings(parts: Partial<BackendSettings>): BackendSettings {
  return {
    address: 'a:80',
    host: 'a',
    port: 80,
    weight: 1,
    region: null,
    level: 0,
    maxConnections: 0,
    slowStartMs: 0,
    healthCheck: null,
    ...parts
  }
}

function started(settings: Partial<PoolSettings>, ...addresses: string[]): PoolUnderTest {
  const under = new PoolUnderTest(settings)
  under.configure(settings, ...addresses.map((address) => ({ address })))
  under.pool.start()
  return under
}

/** Nothing is held for anybody. */
function isAtRest({ pool, members }: PoolUnderTest): boolean {
  const backends = [...members.values()].map(({ backend }) => backend)
  return (
    pool.counters.inFlight === 0 &&
    pool.counters.queued === 0 &&
    backends.every(({ load, counters }) => load === 0 && counters.inFlight === 0)
  )
}

test('slots are given back whether an exchange ended on a backend, in the queue or nowhere', () => {
  const under = started({ maxConnections: 1, queue: { size: 1, timeoutMs: 5000 } }, 'a:80')
  const [running, waiting, refused] = [under.ask(), under.ask(), under.ask()]
  expect(refused.refusal).toBe('503 queue_full')
  expect(under.pool.counters.queued).toBe(1)
  under.pool.exchangeDone(waiting)
  expect(under.pool.counters.queued).toBe(0)
  under.pool.exchangeDone(running)
  expect(isAtRest(under)).toBe(true)
})

test('who waits longest is served first, whatever comes in between', () => {
  const under = started({ maxConnections: 1 }, 'a:80')
  const asked = Array.from({ length: 4 }, () => under.ask())
  for (const exchange of asked) under.pool.exchangeDone(exchange)
  expect(under.member('a:80').sent).toEqual(asked)
  expect(isAtRest(under)).toBe(true)
})

test('more slots by a reload are given to those who wait, at once', () => {
  const under = started({ maxConnections: 1 }, 'a:80')
  const asked = Array.from({ length: 4 }, () => under.ask())
  expect(under.member('a:80').sent).toHaveLength(1)
  under.configure({ maxConnections: 3 }, { address: 'a:80' })
  expect(under.member('a:80').sent).toEqual(asked.slice(0, 3))
})

test('a backend that a reload brings takes from the queue, at once', () => {
  const under = started({ maxConnections: 1 }, 'a:80')
  const [, waiting] = [under.ask(), under.ask()]
  under.configure({ maxConnections: 1 }, { address: 'a:80' }, { address: 'b:80' })
  expect(under.member('b:80').sent).toEqual([waiting])
})

test('when no backend is left those who wait are turned away', () => {
  const under = started({ maxConnections: 1 }, 'a:80')
  const [running, waiting] = [under.ask(), under.ask()]
  under.member('a:80').backend.setHealth('down', 'test')
  expect(waiting.refusal).toBe('503 no_backend')
  expect(under.member('a:80').abandoned).toBe(1)
  under.pool.exchangeDone(running)
  expect(isAtRest(under)).toBe(true)
})

test('a stale connection costs an exchange neither its slot nor its turn', () => {
  const under = started({ maxConnections: 1, queue: { size: 1, timeoutMs: 5000 } }, 'a:80')
  const { sent } = under.member('a:80')
  const [running, waiting] = [under.ask(), under.ask()]
  under.pool.staleConnection(running)
  expect(sent).toEqual([running, running])
  expect(running.needsFreshConnection).toBe(true)
  expect(waiting.isQueued).toBe(true)
  under.pool.exchangeDone(running)
  expect(sent).toEqual([running, running, waiting])
  under.pool.exchangeDone(waiting)
  expect(isAtRest(under)).toBe(true)
})

test('a stale connection of a backend that a reload has removed sends the exchange elsewhere', () => {
  const under = started({}, 'a:80')
  const exchange = under.ask()
  under.configure({}, { address: 'b:80' })
  under.member('a:80').isRetired = true
  under.pool.staleConnection(exchange)
  expect(under.member('b:80').sent).toEqual([exchange])
  expect(under.member('a:80').backend.load).toBe(0)
  under.pool.exchangeDone(exchange)
  expect(isAtRest(under)).toBe(true)
})

test('a connection that cannot be made is tried at three backends and no more', () => {
  const under = started({}, 'a:80', 'b:80', 'c:80', 'd:80', 'e:80')
  for (const member of under.members.values()) {
    member.onSend = (exchange) => under.pool.attemptFailed(exchange, ATTEMPT_FAILURES.connect)
  }
  const exchange = under.ask()
  expect(exchange.refusal).toBe('502 connect_failed')
  const tries = [...under.members.values()].map(({ sent }) => sent.length)
  expect(tries.filter((count) => count === 1)).toHaveLength(3)
  expect(tries.filter((count) => count > 1)).toHaveLength(0)
  expect([under.pool.counters.retries, under.listenerCounters.retries]).toEqual([2, 2])
  expect(isAtRest(under)).toBe(true)
})

test('no backend is asked twice for an exchange that moves', () => {
  const under = started({}, 'a:80', 'b:80')
  const exchange = under.ask()
  const first = exchange.assignedBackend!
  under.pool.exchangeMoved(exchange)
  const second = exchange.assignedBackend!
  expect(second).not.toBe(first)
  under.pool.exchangeMoved(exchange)
  expect(exchange.refusal).toBe('503 no_backend')
  expect(isAtRest(under)).toBe(true)
})

test('a long queue before a backend that fails at once ends, in order and without depth', () => {
  const count = 20_000
  const under = started({ maxConnections: 1, queue: { size: count, timeoutMs: 5000 } }, 'a:80')
  const running = under.ask()
  const waiting = Array.from({ length: count }, () => under.ask())
  under.member('a:80').onSend = (exchange) =>
    under.pool.attemptFailed(exchange, ATTEMPT_FAILURES.connect)
  under.pool.exchangeDone(running)
  expect(waiting.every(({ refusal }) => refusal === '502 connect_failed')).toBe(true)
  expect(under.member('a:80').sent.slice(1)).toEqual(waiting)
  expect(isAtRest(under)).toBe(true)
})

test('a saturated primary is waited for although a backup is free', () => {
  const under = new PoolUnderTest({ maxConnections: 1 })
  under.configure({ maxConnections: 1 }, { address: 'a:80' }, { address: 'b:80', level: 1 })
  under.pool.start()
  const [running, waiting] = [under.ask(), under.ask()]
  expect(waiting.isQueued).toBe(true)
  under.pool.exchangeDone(running)
  expect(under.member('a:80').sent).toEqual([running, waiting])
  expect(under.member('b:80').sent).toEqual([])
})
