/** An engine process that is none: the real control session over ports in memory, for tests. */
import type { ControlPort } from '../../../proxy-core/engine/control-channel.ts'
import { memoryPorts } from '../../../proxy-core/engine/control-port.ts'
import { ControlSession } from '../../../proxy-core/engine/control-session.ts'
import { ScriptedEngine } from '../../../proxy-core/engine/testing/scripted-engine.ts'
import type { EngineSettings } from '../../../proxy-core/model/settings.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { EngineChild, EngineExit } from '../engine-child.ts'

const SETTINGS = { listeners: [], admin: { tls: null } } as unknown as EngineSettings

let lastPid = 1000

export class MemoryEngine implements EngineChild {
  /** A test may let it be unknown at first, as Electron does. */
  pid = ++lastPid
  readonly port: ControlPort
  readonly enginePort: ControlPort
  readonly signals: string[] = []
  /** The documents that it was given, in order. */
  readonly documents: unknown[] = []
  engine: ScriptedEngine | null = null
  session: ControlSession | null = null
  #onExit: (exit: EngineExit) => void = () => {}
  #hasExited = false

  constructor() {
    const [parentPort, enginePort] = memoryPorts()
    this.port = parentPort
    this.enginePort = enginePort
  }

  /** A document "bad" is refused with a problem. Without this call the process stays silent. */
  speak(clock: Clock): this {
    this.session = new ControlSession({
      port: this.enginePort,
      clock,
      random: () => 0.5,
      createEngine: ({ onEvent }) => (this.engine = new ScriptedEngine(onEvent)),
      resolveDocument: (document) => {
        this.documents.push(document)
        if (document !== 'bad') return { ok: true, settings: SETTINGS }
        return { ok: false, problems: [{ path: '', message: 'It is bad.' }] }
      },
      exit: (code) => this.exit({ code, signal: null })
    })
    return this
  }

  onExit(listener: (exit: EngineExit) => void): void {
    this.#onExit = listener
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.signals.push(signal)
    this.exit({ code: null, signal })
  }

  exit(exit: EngineExit): void {
    if (this.#hasExited) return
    this.#hasExited = true
    this.enginePort.close()
    this.#onExit(exit)
  }
}
