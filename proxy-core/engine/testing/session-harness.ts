/**
 * What a parent process does to the control session of an engine, in one process and on one
 * clock.
 */
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import {
  fromEngineSchema,
  type EngineCommand,
  type EngineQuestion,
  type FromEngine,
  type ToEngine
} from '../../model/control-protocol.ts'
import type { EngineSettings } from '../../model/settings.ts'
import { ControlChannel } from '../control-channel.ts'
import { memoryPorts } from '../control-port.ts'
import { ControlSession, type DocumentOutcome } from '../control-session.ts'
import { ScriptedEngine } from './scripted-engine.ts'

const SETTINGS = { listeners: [{ name: 'web', tls: null }], admin: { tls: null } }

/** A control session over an engine by script, and the parent's end of its channel. */
export class SessionHarness {
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
