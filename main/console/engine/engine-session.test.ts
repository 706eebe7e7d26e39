/**
 * Contract: one engine of the open workspace, its instance held while it may run; its phase says
 * whether it is heard, restarted or could not be started; calls never wait on a silent engine.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { TICK_INTERVAL_MS } from '../../../proxy-core/model/engine-telemetry.ts'
import type { EnginePhase } from '../../../preload/contract/live-state.ts'
import type { EngineLoad } from '../../engine-host/engine-link.ts'
import { MemoryEngine } from '../../engine-host/testing/memory-engine.ts'
import { MemorySecretStore } from '../secrets/memory-secret-store.ts'
import { EngineSession } from './engine-session.ts'

let clock: ManualClock
let engines: MemoryEngine[]
/** What the next launches bring; the default is an engine that works. */
let launches: (() => MemoryEngine)[]
let session: EngineSession
let phases: EnginePhase[]
let lines: string[]
let directory: string
let secrets: MemorySecretStore

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  directory = join(folder.path, 'demo')
  clock = new ManualClock()
  engines = []
  launches = []
  lines = []
  secrets = new MemorySecretStore(null)
  session = new EngineSession({
    clock,
    secrets,
    version: '1.0.0',
    launch: () => {
      const engine = launches.shift()?.() ?? new MemoryEngine().speak(clock)
      engines.push(engine)
      return engine
    },
    say: (line) => lines.push(line)
  })
  phases = []
  session.onStatus(({ phase }) => phases.push(phase))
  // Before the folder goes: what is still open writes into it.
  onTestFinished(async () => {
    const closed = session.close()
    for (const engine of engines) engine.exit({ code: null, signal: 'SIGKILL' })
    await closed
  })
})

function load(document: unknown): EngineLoad {
  return { document, baseDir: '/', file: 'a.yaml' }
}

function isLocked(): boolean {
  return existsSync(join(directory, 'lock'))
}

/** The newest engine process ends without being asked to. */
async function kill(): Promise<void> {
  engines.at(-1)!.exit({ code: null, signal: 'SIGKILL' })
  await ManualClock.flush()
}

/** The engine goes on but is not heard any more, as one that is stopped by a signal. */
function silence(): void {
  engines.at(-1)!.enginePort.postMessage = () => {}
}

async function phase(wanted: EnginePhase): Promise<void> {
  await eventually(`phase ${wanted}`, async () => {
    await ManualClock.flush()
    return session.status.phase === wanted
  })
}

test('nothing runs before a workspace is opened', async () => {
  expect(session.status).toMatchObject({ phase: 'none', pid: null, restarts: 0 })
  await expect(session.restart()).rejects.toMatchObject({ code: 'WORKSPACE_NONE' })
  await expect(session.ask({ name: 'probe_board' })).rejects.toMatchObject({ code: 'ENGINE_DIED' })
})

test('an opened workspace runs, holds its instance and is heard', async () => {
  const outcome = await session.open(load('one'), directory)
  expect(outcome.ok).toBe(true)
  expect(phases).toEqual(['none', 'starting', 'running'])
  expect(session.status).toMatchObject({ pid: engines[0]!.pid, startedAtMs: clock.wallNow() })
  expect(isLocked()).toBe(true)
  await clock.advanceAsync(2 * TICK_INTERVAL_MS)
  expect(session.fleet?.listeners).toMatchObject([{ name: 'web' }])
  expect(session.tick?.seq).toBeGreaterThan(0)
})

test('a refused configuration stops, frees the instance, and a later reload starts', async () => {
  const outcome = await session.open(load('bad'), directory)
  expect(outcome).toMatchObject({ ok: false, code: 'CONFIG_INVALID' })
  expect(session.status).toMatchObject({ phase: 'stopped', reason: 'a.yaml has a problem.' })
  expect(isLocked()).toBe(false)
  expect((await session.reload(load('good'))).ok).toBe(true)
  expect(session.status).toMatchObject({ phase: 'running', reason: null })
  expect(isLocked()).toBe(true)
})

function hook(url: unknown): EngineLoad {
  return load({ failover: { notification: { channels: [{ type: 'webhook', url }] } } })
}

test('a stored secret reaches the engine, one that is not stored refuses the configuration', async () => {
  expect(await session.open(hook({ secret: 'hook' }), directory)).toMatchObject({
    ok: false,
    code: 'CONFIG_INVALID',
    problems: [{ path: 'failover.notification.channels[0].url' }]
  })
  expect(session.status).toMatchObject({ phase: 'stopped' })
  expect([engines.length, isLocked()]).toEqual([0, false])
  await secrets.set('hook', 's3cret')
  expect((await session.restart()).ok).toBe(true)
  expect(engines[0]!.documents).toEqual([hook('s3cret').document])
  expect((await session.reload(hook({ secret: 'other' }))).ok).toBe(false)
  expect(engines[0]!.documents).toHaveLength(1)
})

test('a secret that has changed is read again for the next engine', async () => {
  await secrets.set('hook', 'first')
  await session.open(hook({ secret: 'hook' }), directory)
  await secrets.set('hook', 'second')
  await session.restart()
  expect(engines.at(-1)!.documents).toEqual([hook('second').document])
})

test('an instance that another process holds is not opened', async () => {
  mkdirSync(directory)
  const owner = { pid: process.ppid, startTicks: null }
  writeFileSync(join(directory, 'lock'), JSON.stringify({ owner, engine: null, config: 'b.yaml' }))
  await expect(session.open(load('one'), directory)).rejects.toMatchObject({
    code: 'INSTANCE_LOCKED'
  })
  expect(session.status.phase).toBe('stopped')
  expect(session.status.reason).toMatch(/already runs this instance with b\.yaml/)
  expect(isLocked()).toBe(true)
})

test('a second without a tick is silence, and the next tick ends it', async () => {
  await session.open(load('one'), directory)
  await clock.advanceAsync(1_000)
  expect(session.status.phase).toBe('running')
  const { enginePort } = engines[0]!
  const { postMessage } = enginePort
  silence()
  await clock.advanceAsync(700)
  expect(session.status.phase).toBe('running')
  await clock.advanceAsync(300)
  expect(session.status).toMatchObject({ phase: 'silent', pid: engines[0]!.pid })
  enginePort.postMessage = postMessage
  await kill()
  expect(session.status.phase).toBe('restarting')
})

test('a tick after the silence brings the phase back', async () => {
  await session.open(load('one'), directory)
  const held: unknown[] = []
  const { enginePort } = engines[0]!
  const postMessage = enginePort.postMessage.bind(enginePort)
  enginePort.postMessage = (message) => void held.push(message)
  await clock.advanceAsync(1_500)
  expect(session.status.phase).toBe('silent')
  for (const message of held) postMessage(message)
  await phase('running')
})

test('a call that a silent engine does not answer is given up', async () => {
  await session.open(load('one'), directory)
  await clock.advanceAsync(500)
  silence()
  const asked = session.ask({ name: 'probe_board' })
  const outcome = expect(asked).rejects.toMatchObject({ code: 'ENGINE_SILENT' })
  await clock.advanceAsync(4_000)
  await outcome
})

test('a failover is previewed, activated and deactivated; what is refused keeps its code', async () => {
  const activation = { level: 1, isForced: false, reason: 'disks' }
  await expect(session.activateFailover('api', activation)).rejects.toMatchObject({
    code: 'ENGINE_DIED'
  })
  await session.open(load('one'), directory)
  expect(await session.failoverPreview('api', activation)).toMatchObject({ toLevel: 1 })
  await session.activateFailover('api', activation)
  expect(engines[0]!.engine!.failoverStatus('api')).toMatchObject({ latchReason: 'disks' })
  await session.deactivateFailover('api', 'done')
  expect(engines[0]!.engine!.failoverStatus('api').latchedLevel).toBeNull()
  await expect(session.deactivateFailover('none', 'done')).rejects.toMatchObject({
    code: 'POOL_UNKNOWN'
  })
})

test('word of the admin API is beside the token while the engine runs', async () => {
  await session.open(load('one'), directory)
  const file = join(directory, 'admin.json')
  await eventually('admin.json', () => existsSync(file))
  await session.close()
  expect(existsSync(file)).toBe(false)
})

test('a dead engine is restarted, and every death is counted', async () => {
  await session.open(load('one'), directory)
  await kill()
  expect(session.status).toMatchObject({
    phase: 'restarting',
    pid: null,
    restarts: 1,
    reason: 'The engine process was ended by SIGKILL.'
  })
  expect(session.status.restartAtMs).toBeGreaterThan(clock.wallNow())
  expect(session.tick).toBeNull()
  await clock.advanceAsync(1_000)
  await phase('running')
  expect(session.status).toMatchObject({ pid: engines[1]!.pid, restarts: 1, restartAtMs: null })
  await clock.advanceAsync(2 * TICK_INTERVAL_MS)
  expect(session.tick).not.toBeNull()
})

test('a restart by the operator is no death and loads what ran last', async () => {
  await session.open(load('one'), directory)
  await session.reload(load('two'))
  const outcome = await session.restart()
  expect(outcome.ok).toBe(true)
  expect(engines).toHaveLength(2)
  expect(engines[1]!.documents).toEqual(['two'])
  expect(session.status).toMatchObject({ phase: 'running', restarts: 0, pid: engines[1]!.pid })
  expect(isLocked()).toBe(true)
})

test('a silent engine is cut by a restart instead of being waited for', async () => {
  await session.open(load('one'), directory)
  silence()
  engines[0]!.enginePort.onMessage(() => {})
  await clock.advanceAsync(1_500)
  const restarted = session.restart()
  await clock.advanceAsync(2_100)
  await restarted
  expect(engines[0]!.signals).toEqual(['SIGKILL'])
  expect(session.status.phase).toBe('running')
})

test('closing drains the engine, frees the instance and says how it ended', async () => {
  await session.open(load('one'), directory)
  await clock.advanceAsync(500)
  expect(await session.close()).toEqual({ finished: 2, cut: 1, lost: null })
  expect(session.status.phase).toBe('none')
  expect(session.fleet).toBeNull()
  expect(session.stateDirectory).toBeNull()
  expect(isLocked()).toBe(false)
  expect(clock.pendingCount).toBe(0)
  expect(await session.close()).toBeNull()
})

test('opening another workspace closes the first one before', async () => {
  await session.open(load('one'), directory)
  const second = session.open(load('two'), `${directory}-2`)
  const third = session.reload(load('three'))
  await Promise.all([second, third])
  expect(engines).toHaveLength(2)
  expect(engines[0]!.engine?.calls).toContain('stop')
  expect(engines[1]!.documents).toEqual(['two', 'three'])
  expect(isLocked()).toBe(false)
})

test('an engine that ends before it answers leaves the workspace stopped', async () => {
  launches.push(() => new MemoryEngine())
  const opened = session.open(load('one'), directory)
  const outcome = expect(opened).rejects.toMatchObject({ code: 'ENGINE_DIED' })
  await eventually('the launch', () => engines.length === 1)
  await kill()
  await outcome
  expect(session.status.phase).toBe('stopped')
  expect(isLocked()).toBe(false)
})

test('a listener that throws is told of and harms nobody', async () => {
  session.onTick(() => {
    throw new Error('no')
  })
  let ticks = 0
  session.onTick(() => ticks++)
  await session.open(load('one'), directory)
  await clock.advanceAsync(2 * TICK_INTERVAL_MS)
  expect(ticks).toBeGreaterThan(0)
  expect(lines[0]).toBe('A listener of the engine failed: Error: no')
})
