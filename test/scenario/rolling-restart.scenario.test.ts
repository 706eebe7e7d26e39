/**
 * Two replicas as two processes, restarted one after the other under load, as a Deployment does
 * it: out of the Service first, then SIGTERM, then a new process that is ready before the next
 * goes. No request fails, and every process ends with code 0.
 */
import { expect, test } from 'vitest'
import { eventually } from '../servers/eventually.ts'
import { exchangeOnce } from '../servers/raw-client.ts'
import type { SwitchyardProcess } from '../servers/switchyard-process.ts'
import { connectTo, pause, startEchoes, startLoad, startProduct } from './stage.ts'

/** Stands for preStop (5 s in the manifest): how long the Service needs to forget a replica. */
const FORGET_MS = 1000

test('a rolling restart of two replicas under load fails no request', async () => {
  const backends = await startEchoes('a', 'b')
  const parts = {
    backends: backends.map(({ address }) => address),
    pool: { health_check: { path: '/health', interval: '1s' } },
    top: { shutdown_timeout: '10s' }
  }
  const replicas = [await startProduct(parts), await startProduct(parts)]
  const inService = new Set(replicas)
  let turn = 0
  const load = startLoad(() => [...inService][(turn += 1) % inService.size]!.port)
  for (let round = 0; round < 2; round += 1) {
    for (const replica of replicas) {
      const before = load.succeeded
      await eventually('traffic', () => load.succeeded > before + 500, 15_000)
      inService.delete(replica)
      await pause(FORGET_MS)
      expect(await replica.stop('SIGTERM'), replica.output).toEqual({ code: 0, signal: null })
      await replica.launch()
      inService.add(replica)
    }
  }
  await load.stop()
  expect(load.failures).toEqual([])
  expect(load.mixUps).toEqual([])
}, 90_000)

test('SIGTERM lets a slow request finish, SIGINT cuts what outlasts shutdown_timeout', async () => {
  const backends = await startEchoes('a')
  const product = await startProduct({
    backends: backends.map(({ address }) => address),
    top: { shutdown_timeout: '1s' }
  })
  const finishing = await connectTo(product)
  finishing.send('GET /slow/500 HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await underWay(product)
  const graceful = product.stop('SIGTERM')
  expect((await finishing.readResponse()).status).toBe(200)
  expect(await graceful).toEqual({ code: 0, signal: null })

  await product.launch()
  const outlasting = await connectTo(product)
  outlasting.send('GET /slow/20000 HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await underWay(product)
  expect(await product.stop('SIGINT')).toEqual({ code: 1, signal: null })
  await outlasting.readToEnd()
  expect(product.output).toMatch(/\b1\b.*\bcut\b|\bcut\b.*\b1\b/)
}, 60_000)

test('an engine that is killed is started again, and the command goes on', async () => {
  const backends = await startEchoes('a')
  const product = await startProduct({ backends: backends.map(({ address }) => address) })
  const first = product.enginePid
  process.kill(first, 'SIGKILL')
  await eventually(
    'a new engine',
    () => {
      try {
        return product.enginePid !== first
      } catch {
        return false
      }
    },
    20_000
  )
  const response = await eventually(
    'traffic',
    () =>
      exchangeOnce(product.port, 'GET /back HTTP/1.1\r\nHost: a.test\r\n\r\n').catch(
        () => undefined
      ),
    20_000
  )
  expect(response.status).toBe(200)
  expect(product.output).toContain('ENGINE_DIED')
}, 60_000)

async function underWay(product: SwitchyardProcess): Promise<void> {
  await eventually('the request in flight', async () => {
    const { body } = await product.admin('/stats;csv')
    const [header, ...rows] = body.split('\n')
    const columns = header!.replace('# ', '').split(',')
    const pool = rows.find((row) => row.startsWith('main,BACKEND'))?.split(',')
    return pool?.[columns.indexOf('scur')] === '1'
  })
}
