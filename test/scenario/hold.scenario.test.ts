/**
 * The only backend of a pool that holds requests is away for five seconds under 64 connections:
 * no request fails, and soon after its return everything is as fast as before.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { EchoProcess } from '../servers/echo-process.ts'
import type { SwitchyardProcess } from '../servers/switchyard-process.ts'
import { programPath, requires } from '../setup/requirements.ts'
import type { IdentifiedLoad } from './identified-load.ts'
import { pause, startEchoes, startLoad, startProduct } from './stage.ts'

const DOWN_MS = 5000
const BACK_TO_NORMAL_MS = 3000
const CHECK = {
  ...{ path: '/health', interval: '500ms', fast_interval: '200ms', down_interval: '200ms' },
  ...{ timeout: '300ms', unhealthy_threshold: 2, healthy_threshold: 1 }
}

interface Stage {
  readonly backend: EchoProcess
  readonly product: SwitchyardProcess
}

async function start(pool: Readonly<Record<string, unknown>>): Promise<Stage> {
  const [backend] = await startEchoes('only')
  const buffer = { mode: 'hold', timeout: '30s' }
  const backends = [backend!.address]
  const product = await startProduct({ backends, pool: { buffer, ...pool } })
  return { backend: backend!, product }
}

/** Returns when it was back, in wall-clock milliseconds. */
async function restartAfterFiveSeconds(backend: EchoProcess): Promise<number> {
  await backend.kill()
  await pause(DOWN_MS)
  await backend.restart()
  return Date.now()
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()))
  await once(child, 'close')
  return text
}

/** Of requests that began in this span. */
function p99(load: IdentifiedLoad, fromMs: number, toMs: number): number {
  const took = load.times
    .filter(({ startedMs }) => startedMs >= fromMs && startedMs < toMs)
    .map(({ tookMs }) => tookMs)
    .sort((a, b) => a - b)
  expect(took.length).toBeGreaterThan(1000)
  return took[Math.floor(took.length * 0.99)]!
}

describe.each([
  ['with a health check', { health_check: CHECK }],
  ['without one', {}]
])('a pool %s', (_, pool) => {
  requires('wrk')('under wrk', () => {
    test('fails no request', async () => {
      const { backend, product } = await start(pool)
      const url = `http://127.0.0.1:${product.port}/wrk`
      const ran = output(programPath('wrk'), ['-t1', '-c64', '-d12s', '--timeout', '20s', url])
      await pause(2000)
      await restartAfterFiveSeconds(backend)
      const text = await ran
      expect(text).not.toMatch(/Socket errors|Non-2xx/)
      expect(Number(/(\d+) requests in/.exec(text)?.[1])).toBeGreaterThan(10_000)
    }, 60_000)
  })

  requires('ab')('under ab', () => {
    test.each([[['-k']], [[]]])(
      'with %j fails no request',
      async (flags) => {
        const { backend, product } = await start(pool)
        const url = `http://127.0.0.1:${product.port}/ab`
        const limits = ['-q', '-t', '10', '-n', '10000000', '-c', '64', '-s', '30']
        const ran = output(programPath('ab'), [...limits, ...flags, url])
        await pause(2000)
        await restartAfterFiveSeconds(backend)
        const text = await ran
        expect(text).toMatch(/Failed requests:\s+0\n/)
        expect(text).not.toMatch(/Non-2xx/)
      },
      60_000
    )
  })

  test('is as fast as before within 3 s of the return', async () => {
    const { backend, product } = await start(pool)
    const load = startLoad(() => product.port)
    const beganMs = Date.now() + 1000
    await pause(4000)
    const killedMs = Date.now()
    const backMs = await restartAfterFiveSeconds(backend)
    await pause(2 * BACK_TO_NORMAL_MS)
    await load.stop()
    expect(load.mixUps).toEqual([])
    expect(load.failures).toEqual([])
    const before = p99(load, beganMs, killedMs)
    const after = p99(load, backMs + BACK_TO_NORMAL_MS, Date.now())
    expect(after).toBeLessThanOrEqual(Math.max(2 * before, before + 10))
  }, 60_000)
})
