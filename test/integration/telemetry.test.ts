/** Contract: a parent sees a real engine process live, through its pauses and its deaths. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { forkEngine } from '../../main/engine-host/engine-child.ts'
import { EngineHost, type HostEvent } from '../../main/engine-host/engine-host.ts'
import { enginePath } from '../../main/engine-host/module-path.ts'
import { ENGINE_END_FILE, engineEndSchema } from '../../proxy-core/engine/engine-end.ts'
import { readTrafficRow } from '../../proxy-core/model/traffic-row.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import { getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { exchangeOnce } from '../servers/raw-client.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

const DEADLINE_MS = 15_000

let events: HostEvent[]
let host: EngineHost
let backend: RecordingBackend
let port: number
let stateDirectory: string
let disconnect: () => void

beforeEach(async () => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  stateDirectory = folder.path
  backend = await startBackend()
  events = []
  host = new EngineHost({
    launch: () => {
      const child = forkEngine(enginePath())
      disconnect = () => child.port.close()
      return child
    },
    clock: systemClock,
    version: '0.0.0-test',
    adminToken: 'token',
    stateDirectory,
    onEvent: (event) => events.push(event)
  })
  onTestFinished(async () => {
    await host.stop(1000)
  })
  host.observe({ isWanted: true, isTrafficWanted: true })
  const document = {
    version: 1,
    admin: { address: '127.0.0.1:0' },
    listeners: [{ name: 'web', address: '127.0.0.1:0' }],
    routes: [{ pool: 'main' }],
    pools: [{ name: 'main', backends: [{ address: backend.address }] }]
  }
  const outcome = await host.start({ document, baseDir: '/', file: 'a.yaml' })
  if (!outcome.ok) throw new Error(outcome.reason)
  port = Number(outcome.listeners[0]!.address.split(':')[1])
})

type EventOf<K extends HostEvent['kind']> = Extract<HostEvent, { kind: K }>

function all<K extends HostEvent['kind']>(kind: K): EventOf<K>[] {
  return events.filter((event): event is EventOf<K> => event.kind === kind)
}

function ticks(count: number): Promise<unknown> {
  return eventually(`${count} ticks`, () => all('tick').length >= count, DEADLINE_MS)
}

test('a request is in the numbers, in the samples and in the history', async () => {
  expect((await exchangeOnce(port, getRequest('/seen'))).status).toBe(200)
  await eventually(
    'the request in a tick',
    () => all('tick').some(({ tick }) => readTrafficRow(tick.total).requestsTotal === 1),
    DEADLINE_MS
  )
  await eventually('its sample', () =>
    all('traffic').some(({ batch }) => batch.samples.some(({ target }) => target === '/seen'))
  )
  const scope = { kind: 'pool', pool: 'main' } as const
  const { series } = await host.ask({ name: 'series', query: { scope, range: '1m', endMs: null } })
  expect(Math.max(...series.ok2xx.map((value) => value ?? 0))).toBeGreaterThan(0)
  expect((await host.ask({ name: 'traffic', since: 0 })).samples).toHaveLength(1)
})

test('an engine that is frozen is silent, goes on by itself, and has a gap in its history', async () => {
  await ticks(2)
  process.kill(host.pid!, 'SIGSTOP')
  const frozenAt = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 50))
  const before = all('tick').length
  await eventually('two seconds', () => performance.now() - frozenAt > 2000)
  expect(all('tick').length).toBe(before)
  process.kill(host.pid!, 'SIGCONT')
  await ticks(before + 3)
  const query = { scope: { kind: 'total' }, range: '1m', endMs: null } as const
  const { ok2xx } = (await host.ask({ name: 'series', query })).series
  const measured = ok2xx.slice(ok2xx.findIndex((value) => value !== null))
  expect(measured.filter((value) => value === null).length).toBeGreaterThanOrEqual(4)
  expect(measured.at(-1)).not.toBeNull()
})

test('an engine that is killed comes back observed, with a fleet of its own', async () => {
  await ticks(1)
  const pid = host.pid!
  events = []
  process.kill(pid, 'SIGKILL')
  await eventually('the restart', () => all('engine_restarted').length === 1, DEADLINE_MS)
  await ticks(1)
  expect(all('fleet')[0]!.fleet.pools[0]!.name).toBe('main')
  expect(all('tick')[0]!.tick.seq).toBe(1)
  expect(host.pid).not.toBe(pid)
})

test('an engine whose parent hangs up drains, leaves word of its end, and goes', async () => {
  await exchangeOnce(port, getRequest('/'))
  disconnect()
  const file = join(stateDirectory, ENGINE_END_FILE)
  const end = await eventually('the word', () => {
    try {
      return engineEndSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return undefined
    }
  })
  expect(end).toMatchObject({ finished: 0, cut: 0 })
  await eventually('the death', () => all('engine_died').length === 1, DEADLINE_MS)
})
