/**
 * Contract: with the store on disk, what was answered with 202 is delivered though the engine ends
 * in between, in the order of its key; a full buffer refuses and takes again; a folder that cannot
 * be used costs its routes, and nothing else.
 */
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import { asked, post, startOnDisk, statusOf, stored } from '../servers/storing-engine.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

const KILOBYTE = 1024

function folder(): string {
  const made = temporaryFolder()
  onTestFinished(() => made.remove())
  return join(made.path, 'buffer')
}

test('a request goes through the disk as it came, and its status outlives it', async () => {
  const directory = folder()
  const backend = await startBackend()
  const fixture = await startOnDisk(directory, { backends: [backend] })
  const body = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 256)).toString('latin1')
  const location = await stored(fixture, '/orders?x=%C3', body, 'X-Name: Jürgen')
  const request = await backend.received()
  expect(request.target).toBe('/orders?x=%C3')
  expect(request.body.toString('latin1')).toBe(body)
  expect(fieldValue(request, 'x-name')).toBe('Jürgen')
  await eventually('its end', async () => {
    const status = (await statusOf(fixture, location)) as { state: string }
    return status.state === 'delivered'
  })
  expect(await statusOf(fixture, location)).toMatchObject({ attempts: 1, lastStatus: 200 })
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})

test('the next engine delivers what the one before has accepted, in the order of its keys', async () => {
  const directory = folder()
  const parts = { store: { key: 'query:k' } }
  const first = await startOnDisk(directory, { backends: [], ...parts })
  const targets = Array.from({ length: 30 }, (_, at) => `/${at}?k=${at % 3}`)
  const locations: string[] = []
  for (const target of targets) locations.push(await stored(first, target))
  await first.stop()
  const backend = await startBackend()
  const second = await startOnDisk(directory, { backends: [backend], ...parts })
  await backend.received(targets.length)
  for (const key of [0, 1, 2]) {
    const isOfKey = (target: string): boolean => target.endsWith(`k=${key}`)
    expect(backend.targets.filter(isOfKey)).toEqual(targets.filter(isOfKey))
  }
  await eventually('all', () => second.engine.buffer!.stats!.pending === 0)
  expect(await statusOf(second, locations[0]!)).toMatchObject({ state: 'delivered' })
})

test('attempts are remembered over a restart', async () => {
  const directory = folder()
  const failing = await startBackend('failing', { script: (one) => one.respond({ status: 500 }) })
  const first = await startOnDisk(directory, { backends: [failing] })
  const location = await stored(first, '/')
  await eventually('an attempt', async () => {
    const status = (await statusOf(first, location)) as { attempts: number }
    return status.attempts === 1
  })
  await first.stop()
  const backend = await startBackend()
  await startOnDisk(directory, { backends: [backend] })
  expect(fieldValue(await backend.received(), 'x-buffered-attempt')).toBe('2')
})

test('a full buffer answers 507 until deliveries have made room', async () => {
  const directory = folder()
  const backend = await startBackend()
  const fixture = await startOnDisk(directory, {
    backends: [backend],
    buffer: { max_size: '1MB' },
    store: { body_limit: '100KB' }
  })
  fixture.engine.setAdminState('main', backend.address, 'maint', 'test')
  const body = 'x'.repeat(90 * KILOBYTE)
  let accepted = 0
  let refused = await asked(fixture, post('/', body))
  while (refused.status === 202) {
    accepted++
    refused = await asked(fixture, post('/', body))
  }
  expect([refused.status, fieldValue(refused, 'retry-after')]).toEqual([507, '5'])
  expect(accepted).toBeGreaterThan(5)
  expect((await fixture.eventOf('store')).outcome).toBe('refusing')
  fixture.engine.setAdminState('main', backend.address, 'ready', 'test')
  await backend.received(accepted)
  await eventually('room', async () => (await asked(fixture, post('/', body))).status === 202)
  await backend.received(accepted + 1)
})

test('two engines do not share a folder; the second one serves what it can', async () => {
  const directory = folder()
  const backend = await startBackend()
  const parts = { backends: [backend] }
  const first = await startOnDisk(directory, parts)
  const second = await startOnDisk(directory, parts)
  expect((await second.eventOf('fault')).code).toBe('BUFFER_LOCKED')
  expect((await asked(second, post('/', ''))).status).toBe(503)
  expect((await second.get('/page')).status).toBe(200)
  await stored(first, '/')
})

test('a folder that is a file is told by its code', async () => {
  const made = temporaryFolder()
  onTestFinished(() => made.remove())
  const path = join(made.path, 'buffer')
  writeFileSync(path, 'a file')
  const fixture = await startOnDisk(path, { backends: [] })
  expect((await fixture.eventOf('fault')).code).toBe('BUFFER_UNUSABLE')
})
