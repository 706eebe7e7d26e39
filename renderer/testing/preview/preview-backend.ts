/** Plays a scene: numbers four times a second, a history, and answers of the first run. */
import type { Hello } from '../../../preload/contract/hello.ts'
import type { HeldRequest } from '../../../proxy-core/model/hold-report.ts'
import type { LiveNumbers } from '../../../preload/contract/live-state.ts'
import type { MethodArgs, MethodName, MethodResult } from '../../../preload/contract/methods.ts'
import type { TopicArgs, TopicName, TopicPayload } from '../../../preload/contract/topics.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Series, SeriesQuery, SeriesRange } from '../../../proxy-core/model/series.ts'
import type { TrafficRow } from '../../../proxy-core/model/traffic-row.ts'
import type { Arguments, ConnectionState, ConsoleBackend } from '../../backend/console-backend.ts'
import { DEFAULT_PREFERENCES } from '../../state/default-preferences.ts'
import { aRow } from '../live-payloads.ts'
import { HELLO } from '../scripted-backend.ts'
import type { Scene } from './scenes.ts'

const STEPS: Readonly<Record<SeriesRange, readonly [stepMs: number, points: number]>> = {
  '1m': [250, 240],
  '5m': [1000, 300],
  '15m': [3000, 300],
  '1h': [12_000, 300],
  '24h': [300_000, 288]
}

/** Smooth, and the same for the same moment. */
function sway(atMs: number, seed: number): number {
  const t = atMs / 1000
  return 1 + 0.08 * Math.sin(t / 7 + seed) + 0.05 * Math.sin(t / 2.3 + 2 * seed)
}

const HELD_REQUESTS: readonly HeldRequest[] = Array.from({ length: 20 }, (_, at) => ({
  ...{ position: at + 1, method: at % 3 === 0 ? 'POST' : 'GET', route: 'api' },
  ...{ target: `/api/orders/${4711 + at}?expand=customer`, client: `10.0.9.${at}` },
  ...{ ageMs: 4200 - at * 180, leftMs: 25_800 + at * 180, bodyBytes: at % 3 === 0 ? 1800 : 0 }
}))

export class PreviewBackend implements ConsoleBackend {
  readonly hello: Hello = HELLO
  readonly connection: ConnectionState = { kind: 'open' }
  readonly #scene: Scene
  #seq = 0

  constructor(scene: Scene) {
    this.#scene = scene
  }

  onConnection(): () => void {
    return () => {}
  }

  async call<Name extends MethodName>(
    name: Name,
    args: MethodArgs<Name>
  ): Promise<MethodResult<Name>> {
    const answer: unknown = await this.#answer(name, args)
    return answer as MethodResult<Name>
  }

  subscribe<Name extends TopicName>(
    topic: Name,
    _args: Arguments<TopicArgs<Name>>,
    onPayload: (payload: TopicPayload<Name>) => void
  ): () => void {
    const push = (payload: unknown): void => onPayload(payload as TopicPayload<Name>)
    if (topic === 'numbers') {
      if (this.#scene.fleet.pools.length === 0) return () => {}
      const timer = window.setInterval(() => push(this.#numbers(Date.now())), 250)
      return () => window.clearInterval(timer)
    }
    const timer = window.setTimeout(() => {
      const payload = this.#first(topic)
      if (payload !== null) push(payload)
    })
    return () => window.clearTimeout(timer)
  }

  #first(topic: TopicName): unknown {
    const { fleet, workspace, events } = this.#scene
    if (topic === 'fleet') return fleet
    if (topic === 'verdict') return fleet.verdict
    if (topic === 'workspace') return workspace
    if (topic === 'preferences') return DEFAULT_PREFERENCES
    if (topic === 'incidents') return { open: [], recent: [] }
    if (topic === 'notifications') return { channels: [] }
    if (topic === 'events') return { events, gap: null }
    return null
  }

  async #answer(name: MethodName, args: unknown): Promise<unknown> {
    if (name === 'pool.held') return { requests: HELD_REQUESTS }
    if (name === 'series.read') return this.#series(args as SeriesQuery)
    if (name === 'setup.port') {
      const { port } = args as { readonly port: number }
      const isWanted = port !== 80
      return {
        port: isWanted ? port : 8081,
        isWanted,
        reason: isWanted
          ? ''
          : '80 is below 1024, which needs a permission that this user does not have.'
      }
    }
    if (name === 'setup.probe') {
      const { address } = args as { readonly address: string }
      await new Promise((resolve) => window.setTimeout(resolve, 300))
      if (!address.includes(':'))
        return {
          address: null,
          isTls: false,
          outcome: 'invalid',
          sentence: 'no port: write host:port'
        }
      const isUp = address.endsWith('1')
      return {
        address,
        isTls: false,
        outcome: isUp ? 'answered' : 'failed',
        sentence: isUp ? '200 in 12 ms' : 'refused'
      }
    }
    throw new SwitchyardError('METHOD_UNKNOWN', `The preview does not answer ${name}.`)
  }

  #numbers(atMs: number): LiveNumbers {
    const { fleet, rps } = this.#scene
    const pools = fleet.pools.map((pool, index) => {
      const poolRps = (rps / fleet.pools.length) * sway(atMs, index)
      const able = pool.backends.filter(
        ({ isEligible, level }) => isEligible && level === pool.activeLevel
      )
      const backends = pool.backends.map((backend, at) =>
        able.includes(backend)
          ? this.#row(
              poolRps / able.length,
              atMs,
              index + at,
              this.#scene.errors[backend.address] ?? 0
            )
          : aRow({ p50Ms: -1, p95Ms: -1, p99Ms: -1 })
      )
      const hold = this.#scene.holds[pool.name] ?? null
      return { row: this.#row(poolRps, atMs, index, this.#poolErrors(pool.name)), hold, backends }
    })
    const total = this.#row(
      rps * sway(atMs, 0),
      atMs,
      0,
      this.#poolErrors(fleet.pools[0]?.name ?? '')
    )
    const listeners = fleet.listeners.map((_, at) =>
      this.#row(rps * (at === 0 ? 0.7 : 0.3) * sway(atMs, at), atMs, at, 0)
    )
    return {
      seq: ++this.#seq,
      revision: fleet.revision,
      atMs,
      process: {
        pid: 4242,
        cpuShare: 0.12,
        residentBytes: 9e7,
        heapUsedBytes: 4e7,
        loopLagP99Ms: 1.2
      },
      total,
      listeners,
      pools,
      probed: []
    }
  }

  #poolErrors(name: string): number {
    const pool = this.#scene.fleet.pools.find((one) => one.name === name)
    const shares = pool?.backends.map(({ address }) => this.#scene.errors[address] ?? 0) ?? []
    return Math.max(0, ...shares) / 2
  }

  #row(rps: number, atMs: number, seed: number, errors: number): TrafficRow {
    const p50Ms = 18 * sway(atMs, seed + 3)
    return aRow({
      rps,
      ok2xx: rps * (0.94 - errors),
      redirect3xx: rps * 0.03,
      client4xx: rps * 0.03,
      server5xx: rps * errors,
      p50Ms,
      p95Ms: p50Ms * 4.6 * sway(atMs, seed + 1),
      p99Ms: p50Ms * 8 * sway(atMs, seed + 2),
      inFlight: Math.round((rps * p50Ms) / 1000),
      queued: 0,
      connections: 12,
      requestsTotal: Math.round(atMs / 1000)
    })
  }

  #series({ range, endMs }: SeriesQuery): Series {
    const [stepMs, points] = STEPS[range]
    const lastMs = Math.floor((endMs ?? Date.now()) / stepMs) * stepMs
    const atMs = Array.from({ length: points }, (_, at) => lastMs - (points - 1 - at) * stepMs)
    const rows = atMs.map((at, index) =>
      // Some silence in the middle, to see that it stays a gap.
      index > points * 0.3 && index < points * 0.34 ? null : this.#numbers(at).total
    )
    const column = (index: number): (number | null)[] => rows.map((row) => row?.[index] ?? null)
    return {
      stepMs,
      atMs,
      ok2xx: column(1),
      redirect3xx: column(2),
      client4xx: column(3),
      server5xx: column(4),
      failures: column(5),
      p50Ms: column(7),
      p95Ms: column(8),
      p99Ms: column(9),
      inFlight: column(10),
      queued: column(11)
    }
  }
}
