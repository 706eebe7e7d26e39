/**
 * Under 64 connections of load, backends are killed, frozen and restarted for a minute. Once a
 * backend is marked down no request fails, none is answered with another's response, and the
 * memory of the engine returns to its level.
 */
import { expect, test } from 'vitest'
import type { EchoProcess } from '../servers/echo-process.ts'
import type { SwitchyardProcess } from '../servers/switchyard-process.ts'
import { pause, startEchoes, startLoad, startProduct } from './stage.ts'

const DURATION_MS = 60_000
const WARM_UP_MS = 4000
/** Of what the garbage collector has not given back yet. */
const MEMORY_SLACK_BYTES = 48 * 1_048_576

const CHECK = {
  path: '/health',
  interval: '500ms',
  fast_interval: '200ms',
  down_interval: '300ms',
  timeout: '300ms',
  jitter: 0,
  unhealthy_threshold: 2,
  healthy_threshold: 2
}

/** From the blow to the engine's own notice of it; failures belong only in here. */
interface Outage {
  readonly what: string
  readonly beganMs: number
  readonly noticedMs: number
}

type Blow = (backend: EchoProcess) => Promise<() => Promise<void>>

/** Each deals a blow and returns the way back. */
const BLOWS: Readonly<Record<string, Blow>> = {
  kill: async (backend) => {
    await backend.kill()
    return () => backend.restart()
  },
  freeze: (backend) => {
    backend.freeze()
    return Promise.resolve(() => {
      backend.thaw()
      return Promise.resolve()
    })
  },
  'freeze and kill': (backend) => {
    backend.freeze()
    return Promise.resolve(() => backend.restart())
  }
}

async function strike(
  name: string,
  backend: EchoProcess,
  product: SwitchyardProcess
): Promise<Outage> {
  const beganMs = Date.now()
  const undo = await BLOWS[name]!(backend)
  const down = await product.eventOf(
    'backend_health',
    beganMs,
    ({ backend: address, to }) => address === backend.address && to === 'down'
  )
  await pause(500)
  const returnedMs = Date.now()
  await undo()
  await product.eventOf(
    'backend_health',
    returnedMs,
    ({ backend: address, to }) => address === backend.address && to === 'up'
  )
  return { what: `${name} ${backend.name}`, beganMs, noticedMs: down.atMs }
}

test('once a backend is marked down no request fails, and none is mixed up', async () => {
  const backends = await startEchoes('a', 'b', 'c')
  const product = await startProduct({
    backends: backends.map(({ address }) => address),
    pool: { health_check: CHECK }
  })
  const load = startLoad(() => product.port)
  await pause(WARM_UP_MS)
  const levelBytes = product.engineMemory()

  const outages: Outage[] = []
  const names = Object.keys(BLOWS)
  const started = Date.now()
  for (let round = 0; Date.now() - started < DURATION_MS; round += 1) {
    const backend = backends[round % backends.length]!
    outages.push(await strike(names[round % names.length]!, backend, product))
  }
  await load.stop()

  expect(load.mixUps).toEqual([])
  expect(outages.length).toBeGreaterThan(6)
  const stray = load.failures.filter(({ endedMs }) => !outages.some(covers(endedMs)))
  expect(stray, JSON.stringify(outages)).toEqual([])
  expect(load.failures.length).toBeLessThan(64 * outages.length + 1)
  expect(load.succeeded).toBeGreaterThan(10_000)
  await expect
    .poll(() => product.engineMemory(), { timeout: 10_000 })
    .toBeLessThan(levelBytes + MEMORY_SLACK_BYTES)
}, 150_000)

/** The log's time is whole milliseconds of another process: one is granted at each end. */
function covers(endedMs: number): (outage: Outage) => boolean {
  return ({ beganMs, noticedMs }) => endedMs >= beganMs - 1 && endedMs <= noticedMs + 1
}
