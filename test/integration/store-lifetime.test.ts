/**
 * Contract: reloads, shutdowns and restarts keep what was stored, its order, and what runs; a buffer
 * comes with a configuration, and goes with one that is refused.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { MemoryStore } from '../../proxy-core/delivery/testing/memory-store.ts'
import type { NewEntry } from '../../proxy-core/store/request-store.ts'
import type { BackendExchange } from '../servers/backend-connection.ts'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import {
  settled,
  startStoring,
  statesOf,
  stored,
  storingConfiguration
} from '../servers/storing-engine.ts'

const ENTRY: NewEntry = {
  ...{ route: 'orders', key: '', method: 'POST', target: '/', head: 'Host: a.test\r\n' },
  ...{ idempotencyKey: 'k', receivedAtMs: 0, expiresAtMs: Infinity, body: Buffer.alloc(0) }
}

test('a reload keeps the order and what runs', async () => {
  const held: BackendExchange[] = []
  const backend = await startBackend('b', { script: (exchange) => void held.push(exchange) })
  const parts = { backends: [backend], store: { key: 'header:x-case' } }
  const { fixture, store } = await startStoring(parts)
  for (const target of ['/1', '/2']) await stored(fixture, target, '', 'X-Case: a')
  await eventually('the first', () => held.length === 1)
  await fixture.reload(
    storingConfiguration({ ...parts, store: { ...parts.store, concurrency: 3 } })
  )
  await stored(fixture, '/3', '', 'X-Case: a')
  expect(held.length).toBe(1)
  for (const target of ['/1', '/2', '/3']) {
    const exchange = await eventually(target, () => held.shift())
    expect(exchange.target).toBe(target)
    exchange.respond({ status: 200 })
  }
  await settled(store, ['delivered', 'delivered', 'delivered'])
})

test('another directory needs a restart, and what runs goes on', async () => {
  const backend = await startBackend()
  const { fixture, store } = await startStoring({ backends: [backend] })
  const other = storingConfiguration({ backends: [backend], buffer: { directory: './other' } })
  await expect(fixture.reload(other)).rejects.toMatchObject({ code: 'CONFIG_NEEDS_RESTART' })
  await stored(fixture, '/')
  await settled(store, ['delivered'])
})

test('a buffer can be added under traffic; one that is refused with its file is closed', async () => {
  const backend = await startBackend()
  const plain = configuration({ backends: [backend] })
  const stores: MemoryStore[] = []
  const fixture = await EngineFixture.start(plain, {
    openStore: () => {
      stores.push(new MemoryStore())
      return Promise.resolve(stores.at(-1)!)
    }
  })
  const port = await freePort()
  const taken = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const listeners = [{ name: 'other', address: `127.0.0.1:${port}` }]
  const broken = storingConfiguration({ backends: [backend], listeners })
  await expect(fixture.reload(broken)).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  expect(fixture.engine.buffer).toBeNull()
  await expect(stores[0]!.append(ENTRY)).rejects.toMatchObject({ kind: 'closing' })
  await fixture.reload(storingConfiguration({ backends: [backend] }))
  await stored(fixture, '/')
  await eventually('the delivery', () => stores[1]!.all[0]?.state === 'delivered')
})

test('what an earlier engine has accepted is delivered by the next one, in its order', async () => {
  const store = new MemoryStore()
  const first = await startStoring({ backends: [], store: { key: 'header:x-case' } }, { store })
  for (const target of ['/1', '/2', '/3']) await stored(first.fixture, target, '', 'X-Case: a')
  await first.fixture.stop()
  const backend = await startBackend()
  const next = new MemoryStore()
  for (const entry of store.all) next.add(entry)
  await startStoring({ backends: [backend], store: { key: 'header:x-case' } }, { store: next })
  await settled(next, ['delivered', 'delivered', 'delivered'])
  expect(backend.targets).toEqual(['/1', '/2', '/3'])
})

test('a delivery that runs may finish at the end of the engine', async () => {
  const held: BackendExchange[] = []
  const backend = await startBackend('b', { script: (exchange) => void held.push(exchange) })
  const { fixture, store } = await startStoring({
    backends: [backend],
    top: { shutdown_timeout: '10s' }
  })
  for (const target of ['/1', '/2']) await stored(fixture, target)
  await eventually('both', () => held.length === 2)
  const stopping = fixture.stop()
  for (const exchange of held) exchange.respond({ status: 200 })
  expect(await stopping).toEqual({ finished: 2, cut: 0 })
  expect(statesOf(store)).toEqual(['delivered', 'delivered'])
})

test('one that does not finish in time stays pending, without an attempt', async () => {
  const backend = await startBackend('b', { script: () => undefined })
  const { fixture, store } = await startStoring({ backends: [backend] })
  await stored(fixture, '/1')
  await eventually('the delivery', () => fixture.engine.buffer!.routes[0]!.running === 1)
  expect(await fixture.stop()).toEqual({ finished: 0, cut: 1 })
  expect(statesOf(store)).toEqual(['pending'])
  expect(store.outcomes).toEqual([])
})
