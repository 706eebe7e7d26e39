/** Contract: the engine process does what its parent says, in turn, and never outlives it for long. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { gate } from '../../test/servers/gate.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import {
  fromEngineSchema,
  type EngineCommand,
  type EngineQuestion,
  type FromEngine,
  type ToEngine
} from '../model/control-protocol.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { EngineSettings } from '../model/settings.ts'
import { ControlChannel } from './control-channel.ts'
import { memoryPorts } from './control-port.ts'
import { ControlSession, type DocumentOutcome } from './control-session.ts'
import type { StopReport } from './engine-view.ts'
import { ENGINE_END_FILE, engineEndSchema } from './engine-end.ts'
import { ScriptedEngine } from './testing/scripted-engine.ts'

const SETTINGS = { listeners: [{ name: 'web', tls: null }], admin: { tls: null } }

class Harness {
  readonly received: FromEngine[] = []
  readonly exits: number[] = []
  readonly clock = new ManualClock()
  readonly state: string
  engine: ScriptedEngine | null = null
  readonly session: ControlSession
  readonly channel: ControlChannel<FromEngine, ToEngine>
  #lastId = 0

  constructor() {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    this.state = join(folder.path, 'state')
    const [parentPort, enginePort] = memoryPorts()
    this.channel = new ControlChannel(parentPort, fromEngineSchema, {
      onMessage: (message) => this.received.push(message),
      onViolation: (error) => expect.fail(error.message),
      onClose: () => {}
    })
    this.session = new ControlSession({
      port: enginePort,
      clock: this.clock,
      random: () => 0.5,
      createEngine: ({ onEvent }) => (this.engine = new ScriptedEngine(onEvent)),
      resolveDocument: (document) => outcomeOf(document),
      exit: (code) => this.exits.push(code)
    })
  }

  start(): void {
    const parts = { version: '1', stateDirectory: this.state, adminToken: 't' }
    this.channel.send({ kind: 'start', ...parts })
  }

  load(document: unknown): Promise<FromEngine> {
    const id = ++this.#lastId
    this.channel.send({ kind: 'load', id, document, baseDir: '/', file: 'a.yaml' })
    return this.answer(id)
  }

  setState(pool: string): Promise<FromEngine> {
    return this.command({
      name: 'set_admin_state',
      state: 'maint',
      pool,
      backend: 'b',
      reason: 'r'
    })
  }

  command(command: EngineCommand): Promise<FromEngine> {
    const id = ++this.#lastId
    this.channel.send({ kind: 'command', id, command })
    return this.answer(id)
  }

  ask(question: EngineQuestion): Promise<FromEngine> {
    const id = ++this.#lastId
    this.channel.send({ kind: 'ask', id, question })
    return this.answer(id)
  }

  snapshot(): Promise<FromEngine> {
    const id = ++this.#lastId
    this.channel.send({ kind: 'snapshot', id })
    return this.answer(id)
  }

  answer(id: number): Promise<FromEngine> {
    return eventually(`an answer to ${id}`, () =>
      this.received.find((message) => 'id' in message && message.id === id)
    )
  }

  message<K extends FromEngine['kind']>(kind: K): Promise<Extract<FromEngine, { kind: K }>> {
    const isOfKind = (message: FromEngine): message is Extract<FromEngine, { kind: K }> =>
      message.kind === kind
    return eventually(`a message ${kind}`, () => this.received.find(isOfKind))
  }

  exit(): Promise<number> {
    return eventually('an exit', () => (this.exits.length > 0 ? this.exits : undefined)).then(
      ([code]) => code!
    )
  }
}

function outcomeOf(document: unknown): DocumentOutcome {
  if (document !== 'bad') return { ok: true, settings: SETTINGS as unknown as EngineSettings }
  return { ok: false, problems: [{ path: 'pools', message: 'No pools.' }] }
}

let harness: Harness

beforeEach(() => {
  harness = new Harness()
})

test('the engine speaks first, with its protocol and pid', async () => {
  expect(await harness.message('ready')).toEqual({ kind: 'ready', protocol: 3, pid: process.pid })
})

test('the first load starts the engine, the next ones reload it, and both name what is open', async () => {
  harness.start()
  const loaded = {
    kind: 'loaded',
    listeners: [{ name: 'web', address: '127.0.0.1:8080', scheme: 'http', isOpen: true }],
    admin: { address: '[::1]:9000', scheme: 'http', certificateFile: null }
  }
  expect(await harness.load('first')).toEqual({ ...loaded, id: 1 })
  expect(await harness.load('second')).toEqual({ ...loaded, id: 2 })
  expect(harness.engine?.calls).toEqual(['start', 'reload'])
})

test('a document with problems is refused with each of them and never reaches the engine', async () => {
  harness.start()
  expect(await harness.load('bad')).toEqual({
    kind: 'refused',
    id: 1,
    code: 'CONFIG_INVALID',
    reason: 'a.yaml has a problem.',
    problems: [{ path: 'pools', message: 'No pools.' }]
  })
  expect(harness.engine?.calls).toEqual([])
})

test("the engine's own refusal is passed on with its code, and it may be asked again", async () => {
  harness.start()
  await harness.load('first')
  harness.engine!.refusal = new SwitchyardError('CONFIG_NEEDS_RESTART', 'The admin address.')
  const refused = { kind: 'refused', code: 'CONFIG_NEEDS_RESTART', reason: 'The admin address.' }
  expect(await harness.load('second')).toMatchObject(refused)
  harness.engine!.refusal = null
  expect(await harness.load('third')).toMatchObject({ kind: 'loaded' })
})

test('what comes before the start is answered with an error', async () => {
  expect(await harness.load('first')).toMatchObject({ code: 'PROTOCOL_VIOLATION' })
  expect(await harness.snapshot()).toMatchObject({ error: { code: 'PROTOCOL_VIOLATION' } })
  expect(await harness.setState('api')).toMatchObject({ error: { code: 'PROTOCOL_VIOLATION' } })
})

test('a load during a load is refused', async () => {
  harness.start()
  const first = harness.load('first')
  const second = harness.load('second')
  expect(await first).toMatchObject({ kind: 'loaded' })
  expect(await second).toMatchObject({ kind: 'refused', code: 'PROTOCOL_VIOLATION' })
})

test('a command is answered when a restart would remember it, and a wrong one with its code', async () => {
  harness.start()
  await harness.load('first')
  expect(await harness.setState('api')).toMatchObject({ kind: 'result', error: null })
  const stored = JSON.parse(readFileSync(join(harness.state, 'overlay.json'), 'utf8'))
  expect(stored.backends).toMatchObject([{ pool: 'api', backend: 'b', adminState: 'maint' }])
  expect(await harness.setState('none')).toMatchObject({
    kind: 'result',
    error: { code: 'POOL_UNKNOWN', message: 'There is no pool none.' }
  })
})

test('a failover is previewed, activated and deactivated, and the latch is on disk by the answer', async () => {
  harness.start()
  await harness.load('first')
  const activation = { level: 1, isForced: true, reason: 'disks' }
  const preview = { name: 'failover_preview', pool: 'api', activation } as const
  expect(await harness.ask(preview)).toMatchObject({
    kind: 'answer',
    answer: { name: 'failover_preview', preview: { fromLevel: 0, toLevel: 1 } }
  })
  const activate = { name: 'activate_failover', pool: 'api', activation } as const
  expect(await harness.command(activate)).toMatchObject({ kind: 'result', error: null })
  expect(harness.engine!.failoverStatus('api').latchedLevel).toBe(1)
  const stored = JSON.parse(readFileSync(join(harness.state, 'overlay.json'), 'utf8'))
  expect(stored.latches).toMatchObject([{ pool: 'api', level: 1, isForced: true, reason: 'disks' }])
  const deactivate = { name: 'deactivate_failover', pool: 'api', reason: 'done' } as const
  expect(await harness.command(deactivate)).toMatchObject({ error: null })
  expect(harness.engine!.failoverStatus('api').latchedLevel).toBeNull()
  const unknown = await harness.command({ ...deactivate, pool: 'none' })
  expect(unknown).toMatchObject({ kind: 'result', error: { code: 'POOL_UNKNOWN' } })
})

test("a change through the engine's own API is kept as well, and told as an event", async () => {
  harness.start()
  await harness.load('first')
  harness.engine!.setAdminState('api', 'b', 'drain', 'by the admin API')
  await eventually('the overlay on disk', () => {
    const file = join(harness.state, 'overlay.json')
    return existsSync(file) && readFileSync(file, 'utf8').includes('by the admin API')
  })
  expect(await harness.message('event')).toMatchObject({ event: { kind: 'backend_admin' } })
})

test('the next engine starts with the overlay of the last one', async () => {
  harness.start()
  await harness.load('first')
  await harness.setState('api')
  harness.channel.close()
  await harness.exit()
  const next = new Harness()
  next.channel.send({ kind: 'start', version: '1', stateDirectory: harness.state, adminToken: 't' })
  await next.load('first')
  expect(next.engine?.startOverlay.backends).toMatchObject([{ backend: 'b', adminState: 'maint' }])
})

test('a snapshot is plain data about everything that the engine shows', async () => {
  harness.start()
  await harness.load('first')
  harness.engine!.counters.requests = 7
  expect(await harness.snapshot()).toMatchObject({
    kind: 'snapshot',
    snapshot: { process: { pid: process.pid }, listeners: [{ traffic: { requests: 7 } }] }
  })
})

test('stop drains, reports and exits with 0, once', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'stop', mode: 'drain' })
  harness.channel.send({ kind: 'stop', mode: 'drain' })
  expect(await harness.message('stopped')).toMatchObject({ finished: 2, cut: 1 })
  expect(await harness.exit()).toBe(0)
  expect(harness.engine?.calls).toEqual(['start', 'stop'])
  expect(harness.exits).toEqual([0])
})

test('a cut ends a running stop at once and counts what was running', async () => {
  harness.start()
  await harness.load('first')
  const engine = harness.engine!
  engine.counters.requests = 10
  engine.counters.inFlight = 3
  const unfinished = Promise.withResolvers<StopReport>()
  engine.stopping = unfinished.promise
  harness.channel.send({ kind: 'stop', mode: 'drain' })
  await eventually('the stop', () => engine.calls.includes('stop'))
  engine.counters.inFlight = 2
  harness.channel.send({ kind: 'stop', mode: 'cut' })
  expect(await harness.message('stopped')).toMatchObject({ finished: 1, cut: 2 })
  expect(harness.exits).toEqual([0])
  unfinished.resolve({ finished: 0, cut: 0 })
})

test('a parent that vanishes makes the engine drain and exit', async () => {
  harness.start()
  await harness.load('first')
  const drained = gate()
  harness.engine!.stopping = drained.opened.then(() => ({ finished: 1, cut: 0 }))
  harness.channel.close()
  await eventually('the stop', () => harness.engine!.calls.includes('stop'))
  expect(harness.exits).toEqual([])
  drained.open()
  expect(await harness.exit()).toBe(0)
})

test('an uncaught error while serving is a fault, and the engine goes on', async () => {
  harness.start()
  await harness.load('first')
  harness.session.takeUncaught(new Error('one exchange broke'))
  expect(await harness.message('fault')).toMatchObject({
    code: 'INTERNAL',
    reason: expect.stringContaining('one exchange broke')
  })
  expect(harness.exits).toEqual([])
})

test('an uncaught error before the first load is fatal', async () => {
  harness.session.takeUncaught(new Error('no engine'))
  expect(await harness.message('fatal')).toMatchObject({ code: 'INTERNAL' })
  expect(await harness.exit()).toBe(70)
})

test('junk from the parent is a fault and changes nothing', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'stop', mode: 'sideways' } as unknown as ToEngine)
  expect(await harness.message('fault')).toMatchObject({ code: 'PROTOCOL_VIOLATION' })
  expect(harness.engine?.calls).toEqual(['start'])
})

test('logs are opened again when asked', async () => {
  harness.start()
  harness.channel.send({ kind: 'reopen_logs' })
  await eventually('the reopening', () => harness.engine?.calls.includes('reopenLogs'))
})

test('a file that the parent refused is noted with its code and reason', async () => {
  harness.start()
  harness.channel.send({
    kind: 'note_refusal',
    code: 'CONFIG_INVALID',
    reason: 'a.yaml has a problem'
  })
  await eventually('the note', () =>
    harness.engine?.calls.includes('noteRefusal CONFIG_INVALID a.yaml has a problem')
  )
})

test('an observed engine sends its fleet, then ticks, the next one when one was acknowledged', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'observe', isWanted: true, isTrafficWanted: true })
  await harness.message('fleet')
  await harness.clock.advanceAsync(1000)
  const ticks = () => harness.received.filter(({ kind }) => kind === 'tick')
  expect(ticks()).toHaveLength(1)
  harness.channel.send({ kind: 'ack_tick', seq: 1 })
  await harness.clock.advanceAsync(1000)
  expect(ticks()).toHaveLength(2)
  expect(harness.engine!.traffic).not.toBeNull()
})

test('an event of the engine brings a new fleet, a fault does not', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'observe', isWanted: true, isTrafficWanted: false })
  await harness.clock.advanceAsync(500)
  harness.channel.send({ kind: 'ack_tick', seq: 1 })
  const fleets = () => harness.received.filter(({ kind }) => kind === 'fleet').length
  harness.engine!.emit({ kind: 'fault', code: 'INTERNAL', reason: 'one exchange' })
  await harness.clock.advanceAsync(250)
  expect(fleets()).toBe(1)
  harness.channel.send({ kind: 'ack_tick', seq: 2 })
  harness.engine!.emit({ kind: 'configuration', outcome: 'loaded', code: null, reason: 'r' })
  await harness.clock.advanceAsync(500)
  expect(fleets()).toBe(2)
})

test('a question gets its answer or the error of the engine, and before the start an error', async () => {
  const ask = (id: number, pool: string): Promise<FromEngine> => {
    const question = { name: 'evidence', pool, backend: 'b' } as const
    harness.channel.send({ kind: 'ask', id, question })
    return harness.answer(id)
  }
  expect(await ask(91, 'api')).toMatchObject({ error: { code: 'PROTOCOL_VIOLATION' } })
  harness.start()
  await harness.load('first')
  expect(await ask(92, 'api')).toMatchObject({ error: { code: 'BACKEND_UNKNOWN' } })
  harness.channel.send({ kind: 'ask', id: 93, question: { name: 'probe_board' } })
  expect(await harness.answer(93)).toMatchObject({ kind: 'answer', answer: { board: [] } })
})

test('a probe that is asked for changes nothing that a restart would have to remember', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({
    kind: 'command',
    id: 90,
    command: { name: 'probe_now', pool: 'api', backend: 'b' }
  })
  expect(await harness.answer(90)).toEqual({ kind: 'result', id: 90, error: null })
  expect(harness.engine!.calls).toContain('probeNow api b')
})

test('a parent that vanishes is left word of how the traffic ended, for its successor alone', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'observe', isWanted: true, isTrafficWanted: true })
  await harness.message('fleet')
  harness.channel.close()
  expect(await harness.exit()).toBe(0)
  const file = join(harness.state, ENGINE_END_FILE)
  const end = engineEndSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  expect(end).toMatchObject({ finished: 2, cut: 1, atMs: harness.clock.wallNow() })
  expect(end.reason).toContain('without stopping it')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(harness.state).filter((name) => name.endsWith('.tmp'))).toEqual([])
  expect(harness.clock.pendingCount).toBe(0)
  expect(harness.engine!.traffic).toBeNull()
})

test('a parent that asked for the end hears of it and finds no word', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'stop', mode: 'drain' })
  await harness.exit()
  expect(existsSync(join(harness.state, ENGINE_END_FILE))).toBe(false)
})
