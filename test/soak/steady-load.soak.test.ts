/**
 * Half an hour (or `SWITCHYARD_SOAK_MINUTES`) of load from 64 connections with reloads, restarts
 * of backends and clients that leave in the middle: the memory of the engine settles on a level,
 * no request fails outside an outage, and nothing stays in flight at the end.
 */
import { expect, test } from 'vitest'
import type { ConfigurationParts } from '../servers/configuration.ts'
import type { EchoProcess } from '../servers/echo-process.ts'
import { eventually } from '../servers/eventually.ts'
import { RawClient } from '../servers/raw-client.ts'
import { pause, startEchoes, startLoad, startProduct } from '../scenario/stage.ts'

const MINUTES = Number(process.env['SWITCHYARD_SOAK_MINUTES'] ?? 30)
const DURATION_MS = MINUTES * 60_000
/** The churn of sockets at each outage lifts the heap for some minutes before it settles. */
const WARM_UP_MS = 150_000
const SAMPLES = 10
const GROWTH_LIMIT_BYTES = 32 * 1_048_576

const CHECK = {
  path: '/health',
  interval: '500ms',
  fast_interval: '200ms',
  timeout: '300ms',
  jitter: 0
}

function parts(backends: readonly EchoProcess[], round: number): ConfigurationParts {
  return {
    backends: backends.map(({ address }, index) => ({
      address,
      weight: 1 + ((round + index) % 3)
    })),
    pool: { algorithm: round % 2 === 0 ? 'round_robin' : 'least_conn', health_check: CHECK }
  }
}

/** Twenty clients that ask for much and leave after the first bytes. */
async function leaveInTheMiddle(port: number): Promise<void> {
  for (let n = 0; n < 20; n += 1) {
    const client = await RawClient.connect(port)
    client.send('GET /bytes/5000000 HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await client.readBytes(1)
    client.close()
  }
}

test(
  'the memory settles and nothing is lost',
  async () => {
    const backends = await startEchoes('a', 'b', 'c')
    const product = await startProduct(parts(backends, 0))
    const load = startLoad(() => product.port)
    const memory: number[] = []
    const outages: { readonly fromMs: number; readonly toMs: number }[] = []
    const started = Date.now()
    for (let round = 1; Date.now() - started < WARM_UP_MS + DURATION_MS; round += 1) {
      const backend = backends[round % backends.length]!
      const fromMs = Date.now()
      await backend.kill()
      const down = await product.eventOf('backend_health', fromMs, ({ to }) => to === 'down')
      outages.push({ fromMs, toMs: down.atMs })
      const restartedMs = Date.now()
      await backend.restart()
      await product.eventOf('backend_health', restartedMs, ({ to }) => to === 'up')
      product.configure(parts(backends, round))
      await leaveInTheMiddle(product.port)
      await pause(500)
      const sinceWarmMs = Date.now() - started - WARM_UP_MS
      const due = 1 + Math.floor((sinceWarmMs / DURATION_MS) * SAMPLES)
      if (memory.length < due) memory.push(product.engineMemory())
    }
    await load.stop()
    const isCovered = (atMs: number): boolean =>
      outages.some(({ fromMs, toMs }) => atMs >= fromMs - 1 && atMs <= toMs + 1)
    expect(load.mixUps).toEqual([])
    expect(load.failures.filter(({ endedMs }) => !isCovered(endedMs))).toEqual([])
    const [level = 0] = memory
    expect(Math.max(...memory.slice(-3)), memory.join(', ')).toBeLessThan(
      level + GROWTH_LIMIT_BYTES
    )
    await eventually('nothing in flight', async () => {
      const { body } = await product.admin('/metrics')
      return /^switchyard_pool_requests_in_flight\S* 0$/m.test(body)
    })
  },
  WARM_UP_MS + DURATION_MS + 120_000
)
