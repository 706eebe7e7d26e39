/** Contract: the parent gets an engine up, keeps it up, and ends it in bounded time. */
import { beforeEach, expect, test } from 'vitest'
import { CONTROL_PROTOCOL_VERSION } from '../../proxy-core/model/control-protocol.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { EngineHost, type HostEvent } from './engine-host.ts'
import type { EngineExit } from './engine-child.ts'
import type { EngineLoad } from './engine-link.ts'
import { MemoryEngine } from './testing/memory-engine.ts'

let clock: ManualClock
let engines: MemoryEngine[]
let events: HostEvent[]
/** Of the processes that the host has named, in order. */
let pids: number[]
let host: EngineHost
/** Where its admin API was said to answer, in order. */
let admins: (string | null)[]
/** What the next launches bring; the default is an engine that works. */
let launches: (() => MemoryEngine)[]

beforeEach(() => {
  clock = new ManualClock()
  engines = []
  events = []
  pids = []
  launches = []
  admins = []
  host = new EngineHost({
    launch: () => {
      const engine = launches.shift()?.() ?? new MemoryEngine().speak(clock)
      engines.push(engine)
      return engine
    },
    clock,
    version: '1.0.0',
    adminToken: 'token',
    stateDirectory: null,
    onEvent: (event) => events.push(event),
    onPid: (pid) => pids.push(pid),
    onAdmin: (admin) => admins.push(admin?.address ?? null)
  })
})

/** The exit is an event: whoever waits for it learns of it a moment later. */
async function ended(engine: MemoryEngine, exit: EngineExit): Promise<void> {
  engine.exit(exit)
  await ManualClock.flush()
}

function load(document: unknown): EngineLoad {
  return { document, baseDir: '/', file: 'a.yaml' }
}

function deaths(): number[] {
  return events.flatMap((event) => (event.kind === 'engine_died' ? [event.restartInMs] : []))
}

/** What the engine told by itself, in order. */
function told(): string[] {
  return events.map(({ kind }) => kind).filter((kind) => kind === 'fleet' || kind === 'tick')
}

async function restarted(count: number): Promise<void> {
  await eventually(`restart ${count}`, async () => {
    await ManualClock.flush()
    return events.filter(({ kind }) => kind === 'engine_restarted').length === count
  })
}

test('the first configuration is loaded and named as open', async () => {
  const outcome = await host.start(load('one'))
  expect(outcome).toMatchObject({ ok: true, listeners: [{ name: 'web' }] })
  expect(engines[0]?.documents).toEqual(['one'])
  expect(host.pid).toBe(engines[0]?.pid)
})

test('where the admin API answers is told after each load and each restart', async () => {
  await host.start(load('one'))
  expect(admins).toEqual(['[::1]:9000'])
  await host.reload(load('bad'))
  expect(admins).toHaveLength(1)
  await host.reload(load('two'))
  expect(admins).toHaveLength(2)
  await ended(engines[0]!, { code: 1, signal: null })
  await clock.advanceAsync(250)
  await restarted(1)
  expect(admins).toHaveLength(3)
})

test('a pid that is known only once the process runs is named then', async () => {
  const engine = new MemoryEngine()
  const { pid } = engine
  engine.pid = -1
  launches.push(() => engine)
  const starting = host.start(load('one'))
  engine.pid = pid
  engine.speak(clock)
  await starting
  expect(pids).toEqual([-1, pid])
  await ended(engine, { code: 1, signal: null })
  await clock.advanceAsync(250)
  await restarted(1)
  expect(pids).toEqual([-1, pid, engines[1]!.pid])
})

test('what a process could not say itself is the cause of its death', async () => {
  await host.start(load('one'))
  await ended(engines[0]!, { code: 139, signal: null, cause: 'V8 could not go on.' })
  expect(events.at(-1)).toMatchObject({ reason: 'The engine process ended: V8 could not go on.' })
})

test('a refused first configuration leaves no process behind', async () => {
  const outcome = await host.start(load('bad'))
  expect(outcome).toMatchObject({ ok: false, code: 'CONFIG_INVALID' })
  await clock.advanceAsync(120_000)
  expect(engines).toHaveLength(1)
  expect(host.pid).toBeNull()
  expect(clock.pendingCount).toBe(0)
})

test('a process that ends before it speaks fails the start and is not tried again', async () => {
  launches.push(() => new MemoryEngine())
  const start = host.start(load('one'))
  start.catch(() => {})
  await ended(engines[0]!, { code: 1, signal: null })
  await expect(start).rejects.toMatchObject({ code: 'ENGINE_DIED' })
  await clock.advanceAsync(120_000)
  expect(engines).toHaveLength(1)
})

test('a process that never speaks is killed', async () => {
  launches.push(() => new MemoryEngine())
  const start = host.start(load('one'))
  start.catch(() => {})
  await clock.advanceAsync(20_000)
  await expect(start).rejects.toMatchObject({ code: 'ENGINE_DIED' })
  expect(engines[0]?.signals).toEqual(['SIGKILL'])
})

test('an engine of another protocol is refused by name', async () => {
  launches.push(() => new MemoryEngine())
  const start = host.start(load('one'))
  engines[0]!.enginePort.postMessage({ kind: 'ready', protocol: 1, pid: 1 })
  await expect(start).rejects.toThrow(
    `The engine speaks control protocol 1, this program ${CONTROL_PROTOCOL_VERSION}.`
  )
})

test('a crash is told with its cause, and the engine comes back with the last good configuration', async () => {
  await host.start(load('one'))
  await host.reload(load('two'))
  expect(await host.reload(load('bad'))).toMatchObject({ ok: false })
  await ended(engines[0]!, { code: null, signal: 'SIGKILL' })
  expect(events.at(-1)).toEqual({
    kind: 'engine_died',
    reason: 'The engine process was ended by SIGKILL.',
    restartInMs: 250
  })
  await clock.advanceAsync(249)
  expect(engines).toHaveLength(1)
  await clock.advanceAsync(1)
  await restarted(1)
  expect(engines[1]?.documents).toEqual(['two'])
  expect(host.pid).toBe(engines[1]?.pid)
})

test('the delay doubles to 30 s, never ends, and starts anew after a stable minute', async () => {
  await host.start(load('one'))
  for (let round = 1; round <= 9; round++) {
    await ended(engines.at(-1)!, { code: 1, signal: null })
    await clock.advanceAsync(30_000)
    await restarted(round)
  }
  expect(deaths()).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  await clock.advanceAsync(60_000)
  await ended(engines.at(-1)!, { code: 1, signal: null })
  expect(deaths().at(-1)).toBe(250)
})

test('a restart that fails is tried again, and what it left is killed first', async () => {
  await host.start(load('one'))
  launches.push(() => new MemoryEngine())
  await ended(engines[0]!, { code: 1, signal: null })
  await clock.advanceAsync(250)
  await clock.advanceAsync(20_000)
  expect(engines[1]?.signals).toContain('SIGKILL')
  expect(deaths()).toEqual([250, 500])
  await clock.advanceAsync(500)
  await restarted(1)
})

test('the reason that the engine gave for giving up is the reason that is told', async () => {
  await host.start(load('one'))
  engines[0]!.enginePort.postMessage({ kind: 'fatal', code: 'INTERNAL', message: 'Too much.' })
  await ManualClock.flush()
  await ended(engines[0]!, { code: 70, signal: null })
  expect(events.at(-1)).toMatchObject({ reason: 'The engine process gave up: Too much.' })
})

test('while the engine is down requests fail with a sentence, and a reload is kept for its start', async () => {
  await host.start(load('one'))
  await ended(engines[0]!, { code: 1, signal: null })
  await expect(host.snapshot()).rejects.toMatchObject({ code: 'ENGINE_DIED' })
  await expect(host.reload(load('two'))).rejects.toThrow('loaded when it is back')
  await clock.advanceAsync(250)
  await restarted(1)
  expect(engines[1]?.documents).toEqual(['two'])
})

test('a reload that comes while the engine comes up follows the configuration it comes up with', async () => {
  const start = host.start(load('one'))
  const reload = host.reload(load('two'))
  expect(await start).toMatchObject({ ok: true })
  expect(await reload).toMatchObject({ ok: true })
  expect(engines[0]?.documents).toEqual(['one', 'two'])
})

test('commands and snapshots reach the engine, and its errors come back', async () => {
  await host.start(load('one'))
  const command = { name: 'set_admin_state', backend: 'b', state: 'drain', reason: 'r' } as const
  await host.command({ ...command, pool: 'api' })
  await expect(host.command({ ...command, pool: 'none' })).rejects.toMatchObject({
    code: 'POOL_UNKNOWN'
  })
  expect(await host.snapshot()).toMatchObject({ version: '0.0.0-test' })
  const forwarded = events.filter(({ kind }) => kind === 'engine_event')
  expect(forwarded).toMatchObject([{ event: { kind: 'backend_admin', to: 'drain' } }])
})

test('what is counted about notifications reaches the engine, and the one that comes after it', async () => {
  const counters = {
    events: [{ pool: 'api', occasion: 'engine', count: 1 }],
    channels: []
  } as const
  const noted = (): unknown => engines.at(-1)?.engine?.notifications.events
  host.noteNotifications({ ...counters, events: [...counters.events], channels: [] })
  await host.start(load('one'))
  await ManualClock.flush()
  expect(noted()).toEqual(counters.events)
  await ended(engines[0]!, { code: null, signal: 'SIGKILL' })
  clock.advance(250)
  await restarted(1)
  await ManualClock.flush()
  expect(engines).toHaveLength(2)
  expect(noted()).toEqual(counters.events)
})

test('an engine that ends under a request fails the request', async () => {
  await host.start(load('one'))
  const snapshot = host.snapshot()
  snapshot.catch(() => {})
  await ended(engines[0]!, { code: 1, signal: null })
  await expect(snapshot).rejects.toMatchObject({ code: 'ENGINE_DIED' })
})

test('an answer that is no message of the protocol fails the open requests instead of hanging', async () => {
  await host.start(load('one'))
  const snapshot = host.snapshot()
  engines[0]!.enginePort.postMessage({ kind: 'snapshot', id: 99, snapshot: 'junk' })
  await expect(snapshot).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' })
  expect(events.at(-1)?.kind).toBe('protocol_violation')
})

test('stop drains and reports, and nothing is started again', async () => {
  await host.start(load('one'))
  expect(await host.stop(5000)).toEqual({ finished: 2, cut: 1, lost: null })
  await clock.advanceAsync(120_000)
  expect(engines).toHaveLength(1)
  expect(deaths()).toEqual([])
  expect(clock.pendingCount).toBe(0)
})

test('an engine that does not stop in time is killed, and that is said', async () => {
  await host.start(load('one'))
  engines[0]!.engine!.stopping = new Promise(() => {})
  const stop = host.stop(5000)
  await clock.advanceAsync(7999)
  expect(engines[0]?.signals).toEqual([])
  await clock.advanceAsync(1)
  expect(await stop).toEqual({
    finished: 0,
    cut: 0,
    lost: 'The engine process was ended by SIGKILL.'
  })
})

test('a cut ends a running stop at once', async () => {
  await host.start(load('one'))
  engines[0]!.engine!.stopping = new Promise(() => {})
  engines[0]!.engine!.counters.inFlight = 4
  const stop = host.stop(60_000)
  host.cut()
  expect(await stop).toEqual({ finished: 0, cut: 4, lost: null })
})

test('a stop while the engine is down cancels its restart', async () => {
  await host.start(load('one'))
  await ended(engines[0]!, { code: 1, signal: null })
  expect(await host.stop(5000)).toEqual({ finished: 0, cut: 0, lost: null })
  await clock.advanceAsync(120_000)
  expect(engines).toHaveLength(1)
})

test('an observed engine tells its fleet and ticks, and the next tick comes when one was taken', async () => {
  await host.start(load('one'))
  host.observe({ isWanted: true, isTrafficWanted: false })
  await clock.advanceAsync(1000)
  expect(told()).toEqual(['fleet', 'tick', 'tick', 'tick', 'tick'])
  host.observe({ isWanted: false, isTrafficWanted: false })
  await clock.advanceAsync(1000)
  expect(told()).toHaveLength(5)
  expect(clock.pendingCount).toBe(0)
})

test('an engine that was started anew is observed as the one before it', async () => {
  host.observe({ isWanted: true, isTrafficWanted: true })
  await host.start(load('one'))
  await clock.advanceAsync(500)
  await ended(engines[0]!, { code: 1, signal: null })
  const before = told().length
  await clock.advanceAsync(250)
  await restarted(1)
  await clock.advanceAsync(500)
  expect(told().slice(before)).toEqual(['fleet', 'tick', 'tick'])
  expect(engines[1]!.engine!.traffic).not.toBeNull()
})

test('a question is answered under its own name, or with the error of the engine', async () => {
  await host.start(load('one'))
  const scope = { kind: 'total' } as const
  const answer = await host.ask({ name: 'series', query: { scope, range: '1m', endMs: null } })
  expect(answer.series.stepMs).toBe(250)
  const evidence = host.ask({ name: 'evidence', pool: 'api', backend: 'none' })
  await expect(evidence).rejects.toMatchObject({ code: 'BACKEND_UNKNOWN' })
})

test('a probe that is asked for is answered when it has ended, and refused without a check', async () => {
  await host.start(load('one'))
  await host.command({ name: 'probe_now', pool: 'api', backend: 'b' })
  expect(engines[0]!.engine!.calls).toContain('probeNow api b')
  const unchecked = host.command({ name: 'probe_now', pool: 'api', backend: 'c' })
  await expect(unchecked).rejects.toMatchObject({ code: 'HEALTH_CHECK_NONE' })
})
