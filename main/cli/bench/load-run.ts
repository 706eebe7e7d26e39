/** A closed-loop load: as many requests as `connections` can make one after the other. */
import { setTimeout as wait } from 'node:timers/promises'
import { LatencyHistogram } from '../../../proxy-core/metrics/latency-histogram.ts'
import { LoadConnection } from './load-connection.ts'
import type { LoadOrder, LoadResult } from './worker-protocol.ts'

/** A broken connection is replaced after this, so that a dead target costs no CPU. */
const RECONNECT_MS = 20

/** `onWarm` is called when the measured time begins. */
export async function runLoad(order: LoadOrder, onWarm: () => void): Promise<LoadResult> {
  const load = new Load(order)
  await wait(order.warmUpMs)
  load.beginMeasuring()
  onWarm()
  await wait(order.measureMs)
  return load.end()
}

class Load {
  readonly #port: number
  readonly #connections = new Set<LoadConnection>()
  readonly #reconnects = new Set<NodeJS.Timeout>()
  #latencies = new LatencyHistogram()
  #errors = 0
  #startedAtMs = performance.now()
  #isOver = false

  constructor({ port, connections }: LoadOrder) {
    this.#port = port
    for (let index = 0; index < connections; index++) this.#connect()
  }

  beginMeasuring(): void {
    this.#latencies = new LatencyHistogram()
    this.#errors = 0
    this.#startedAtMs = performance.now()
  }

  end(): LoadResult {
    const elapsedMs = performance.now() - this.#startedAtMs
    this.#isOver = true
    for (const timer of this.#reconnects) clearTimeout(timer)
    for (const connection of this.#connections) connection.stop()
    return {
      requests: this.#latencies.count,
      errors: this.#errors,
      elapsedMs,
      p50Ms: this.#latencies.quantile(0.5),
      p99Ms: this.#latencies.quantile(0.99)
    }
  }

  #connect(): void {
    const connection: LoadConnection = new LoadConnection(this.#port, {
      onAnswer: (status, latencyMs) => {
        this.#latencies.record(latencyMs)
        if (status !== 200) this.#errors++
      },
      onBroken: () => {
        this.#errors++
        this.#connections.delete(connection)
        this.#reconnect()
      }
    })
    this.#connections.add(connection)
  }

  #reconnect(): void {
    if (this.#isOver) return
    const timer = setTimeout(() => {
      this.#reconnects.delete(timer)
      this.#connect()
    }, RECONNECT_MS)
    this.#reconnects.add(timer)
  }
}
