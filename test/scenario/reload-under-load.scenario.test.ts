/**
 * The configuration is reloaded a hundred times under load, by file change, by SIGHUP and by a
 * swapped symbolic link, with not one failed request; a bad file changes nothing.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import type { EchoProcess } from '../servers/echo-process.ts'
import { eventually } from '../servers/eventually.ts'
import type { SwitchyardProcess } from '../servers/switchyard-process.ts'
import type { IdentifiedLoad } from './identified-load.ts'
import { startEchoes, startLoad, startProduct } from './stage.ts'

const RELOADS = 100
const CHECK = { path: '/health', interval: '1s', jitter: 0 }

interface Stage {
  readonly backends: readonly EchoProcess[]
  readonly product: SwitchyardProcess
  readonly load: IdentifiedLoad
}

async function start(
  parts: (backends: readonly EchoProcess[]) => ConfigurationParts
): Promise<Stage> {
  const backends = await startEchoes('a', 'b', 'c')
  const product = await startProduct(parts(backends))
  return { backends, product, load: startLoad(() => product.port) }
}

/** Different backends, algorithms, weights and timeouts, so that every reload changes much. */
function variant(backends: readonly EchoProcess[], round: number): ConfigurationParts {
  const algorithm = ['round_robin', 'least_conn', 'random', 'ip_hash'][round % 4]
  const used = backends.filter((_, index) => index !== round % 3)
  return {
    backends: used.map(({ address }, index) => ({ address, weight: 1 + ((round + index) % 5) })),
    pool: { algorithm, health_check: CHECK, timeouts: { connect: `${1 + (round % 3)}s` } },
    route: { name: `route-${round}` },
    listeners: round % 10 === 0 ? [{ name: 'extra', address: '127.0.0.1:0' }] : []
  }
}

test('a hundred reloads under load fail no request', async () => {
  const { backends, product, load } = await start((all) => variant(all, 0))
  for (let round = 1; round <= RELOADS; round += 1) {
    const sinceMs = Date.now()
    product.configure(variant(backends, round))
    if (round % 2 === 0) product.signal('SIGHUP')
    await product.eventOf('configuration', sinceMs, ({ outcome }) => outcome === 'loaded')
    const before = load.succeeded
    await eventually('requests under the new configuration', () => load.succeeded > before + 64)
  }
  await load.stop()
  expect(load.failures).toEqual([])
  expect(load.mixUps).toEqual([])
  expect(load.succeeded).toBeGreaterThan(64 * RELOADS)
}, 120_000)

test('a bad file is refused with its line, traffic goes on, and the mended file is taken', async () => {
  const { backends, product, load } = await start((all) => variant(all, 0))
  const good = readFileSync(product.configFile, 'utf8')
  product.write(good.replace('"algorithm": "round_robin"', '"algoritm": "round_robin"'))
  const refusal = await eventually('the refusal', () =>
    product.log.find(({ message }) => message?.includes('algoritm'))
  )
  expect(refusal.message).toMatch(/:\d+:\d+/)
  expect(refusal.message).toContain('algorithm')
  const before = load.succeeded
  await eventually('traffic as before', () => load.succeeded > before + 500)
  const sinceMs = Date.now()
  product.configure(variant(backends, 1))
  await product.eventOf('configuration', sinceMs, ({ outcome }) => outcome === 'loaded')
  await load.stop()
  expect(load.failures).toEqual([])
}, 60_000)

test('a ConfigMap that is updated by swapping a link is noticed', async () => {
  const { backends, product, load } = await start((all) => variant(all, 0))
  const folder = join(dirname(product.configFile), 'mounted')
  mkdirSync(folder)
  const publish = (revision: string, parts: ConfigurationParts): void => {
    mkdirSync(join(folder, revision))
    const listener = { address: `127.0.0.1:${product.port}` }
    const admin = { address: `127.0.0.1:${product.adminPort}` }
    writeFileSync(
      join(folder, revision, 'switchyard.yaml'),
      configuration({ ...parts, listener, admin })
    )
    symlinkSync(revision, join(folder, '..data.new'))
    renameSync(join(folder, '..data.new'), join(folder, '..data'))
  }
  publish('..2026_01', variant(backends, 1))
  symlinkSync('..data/switchyard.yaml', join(folder, 'switchyard.yaml'))
  rmSync(product.configFile)
  symlinkSync('mounted/switchyard.yaml', product.configFile)
  for (const round of [2, 3]) {
    const sinceMs = Date.now()
    publish(`..2026_0${round}`, variant(backends, round))
    await product.eventOf('configuration', sinceMs, ({ outcome }) => outcome === 'loaded')
  }
  await load.stop()
  expect(load.failures).toEqual([])
}, 60_000)
