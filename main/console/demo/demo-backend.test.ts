/** Contract: a demo backend answers like a service, dies like a killed one, and comes back where it was. */
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { DemoBackend } from './demo-backend.ts'

async function started(clock = systemClock): Promise<DemoBackend> {
  const backend = new DemoBackend({ clock, name: 'demo-1', latencyMs: 8 })
  onTestFinished(() => backend.kill())
  await backend.start()
  return backend
}

async function fetched(address: string, path: string): Promise<{ status: number; body: string }> {
  const request = get(`http://${address}${path}`, { agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }
}

test('answers after its time, and health checks at once', async () => {
  const clock = new ManualClock()
  const backend = await started(clock)
  expect(await fetched(backend.address, '/health')).toEqual({ status: 200, body: 'ok\n' })
  const answer = fetched(backend.address, '/items/17')
  await eventually('the request is taken', () => clock.pendingCount === 1)
  clock.advance(8)
  expect(JSON.parse((await answer).body)).toEqual({
    backend: 'demo-1',
    path: '/items/17',
    request: 1
  })
})

test('a kill cuts connections and open requests, and refuses new ones', async () => {
  const clock = new ManualClock()
  const backend = await started(clock)
  const { address } = backend
  const idle = connect(Number(address.split(':')[1]), '127.0.0.1')
  idle.on('error', () => {})
  await once(idle, 'connect')
  const cut = fetched(address, '/')
  await eventually('the request is taken', () => clock.pendingCount === 1)
  const idleClosed = once(idle, 'close')
  await Promise.all([backend.kill(), expect(cut).rejects.toThrow('socket hang up'), idleClosed])
  expect(clock.pendingCount).toBe(0)
  expect(backend.isRunning).toBe(false)
  await expect(fetched(address, '/health')).rejects.toThrow('ECONNREFUSED')
})

test('it comes back on the same port', async () => {
  const backend = await started()
  const { address } = backend
  await backend.kill()
  await backend.start()
  await backend.start()
  expect(backend.address).toBe(address)
  expect(await fetched(address, '/health')).toMatchObject({ status: 200 })
})

test('a client that leaves takes its answer with it', async () => {
  const clock = new ManualClock()
  const backend = await started(clock)
  const request = get(`http://${backend.address}/`, { agent: false })
  request.on('error', () => {})
  await eventually('the request is taken', () => clock.pendingCount === 1)
  request.destroy()
  await eventually('the answer is given up', () => clock.pendingCount === 0)
})
