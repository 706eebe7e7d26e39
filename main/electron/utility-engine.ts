/**
 * The engine as a utility process of Electron: its own process and event loop, so that traffic
 * neither waits for a window nor ends with one. The module is the one that Node forks.
 */
import { utilityProcess, type UtilityProcess } from 'electron'
import { constants } from 'node:os'
import type { EngineChild, EngineExit } from '../engine-host/engine-child.ts'
import type { ControlPort } from '../../proxy-core/engine/control-channel.ts'

/** As task managers show it. */
const SERVICE_NAME = 'Switchyard engine'

/** Must wait until the application is ready. */
export function forkUtilityEngine(modulePath: string): EngineChild {
  const child = utilityProcess.fork(modulePath, [], {
    serviceName: SERVICE_NAME,
    // Ours are the child's: a relay would lose the last words of a crash, which come with its exit.
    stdio: ['ignore', 'inherit', 'inherit'],
    // For the young garbage of the engine, as under Node. Electron drops a bare flag of V8.
    execArgv: ['--js-flags=--max-semi-space-size=8']
  })
  const life = new UtilityLife(child)
  return {
    // Not known until the process was spawned.
    get pid() {
      return child.pid ?? -1
    },
    port: portTo(child),
    onExit: (listener) => life.onExit(listener),
    kill: (signal) => life.end(signal)
  }
}

function portTo(child: UtilityProcess): ControlPort {
  let hasEnded = false
  child.once('exit', () => (hasEnded = true))
  return {
    postMessage(message, onSent) {
      if (!hasEnded) child.postMessage(message)
      onSent?.()
    },
    onMessage: (listener) => void child.on('message', listener),
    onClose: (listener) => void child.once('exit', () => listener()),
    // The process has no other channel: it is closed by ending it.
    close: () => {},
    backlog: 0
  }
}

/** Those that end processes which do not expect it. No exit code of an engine is one of these. */
const FATAL_SIGNALS = [
  ...(['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGABRT'] as const),
  ...(['SIGBUS', 'SIGILL', 'SIGTRAP', 'SIGFPE'] as const)
]

/** Where a signal ended the process Electron tells what waitpid told: the number of it, in 7 bits. */
function exitOf(code: number): EngineExit {
  const number = process.platform !== 'win32' && code < 256 ? code & 0x7f : 0
  const signal = FATAL_SIGNALS.find((name) => constants.signals[name] === number)
  return signal === undefined ? { code, signal: null } : { code: null, signal }
}

/** One end of the process is told, whatever it dies of. */
class UtilityLife {
  readonly #child: UtilityProcess
  readonly #listeners: ((exit: EngineExit) => void)[] = []
  #fatal: string | null = null
  #hasEnded = false

  constructor(child: UtilityProcess) {
    this.#child = child
    // Without a listener the error would be thrown in this process, which supervises the engine.
    child.on(
      'error',
      (type, location) => (this.#fatal = `V8 could not go on (${type}: ${location}).`)
    )
    child.once('exit', (code) => this.#tell(exitOf(code)))
  }

  onExit(listener: (exit: EngineExit) => void): void {
    this.#listeners.push(listener)
  }

  /** Electron itself sends SIGTERM only, and nothing to a process that was not spawned yet. */
  end(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child
    if (this.#hasEnded) return
    if (pid === undefined) {
      this.#child.once('spawn', () => this.#send(signal))
      // It may never be spawned, and then no event tells its end.
      this.#tell({ code: null, signal: null, cause: 'it was not created in time.' })
    } else {
      this.#send(signal)
    }
  }

  #send(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child
    if (pid === undefined || signal === 'SIGTERM') {
      this.#child.kill()
      return
    }
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended in the meantime, which its exit event tells.
    }
  }

  #tell(exit: EngineExit): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const told = this.#fatal === null ? exit : { ...exit, cause: this.#fatal }
    for (const listener of this.#listeners) listener(told)
  }
}
