/**
 * How an engine process comes into the world. The host knows only `EngineChild`; under
 * Node it is a forked child, under Electron a utility process with the same module.
 */
import { fork } from 'node:child_process'
import type { ControlPort } from '../../proxy-core/engine/control-channel.ts'
import { ipcPort } from '../../proxy-core/engine/control-port.ts'

export interface EngineExit {
  readonly code: number | null
  readonly signal: string | null
  /** Half a sentence on an end that the process could not tell itself; absent: none is known. */
  readonly cause?: string
}

export interface EngineChild {
  /** -1 when the process could not be created. */
  readonly pid: number
  readonly port: ControlPort
  /** Called once, also when the process could not be created. */
  onExit(listener: (exit: EngineExit) => void): void
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

export type LaunchEngine = () => EngineChild

/**
 * Forks `modulePath` under the running Node. The child's standard output is ours, so that
 * an access log on standard output costs no relay.
 */
/**
 * The engine's garbage is small and dies young. Left alone, V8 grows the space for it to three
 * times 16 MB during an outage and never gives it back.
 */
const YOUNG_SPACE = '--max-semi-space-size=8'

export function forkEngine(modulePath: string): EngineChild {
  const child = fork(modulePath, [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A debugger's port cannot be shared with the child.
    execArgv: [...process.execArgv.filter((flag) => !flag.startsWith('--inspect')), YOUNG_SPACE]
  })
  return {
    pid: child.pid ?? -1,
    port: ipcPort(child),
    onExit(listener) {
      let hasExited = false
      const once = (exit: EngineExit): void => {
        if (!hasExited) listener(exit)
        hasExited = true
      }
      child.once('exit', (code, signal) => once({ code, signal }))
      child.on('error', () => {
        if (child.pid === undefined) once({ code: null, signal: null })
      })
    },
    kill: (signal) => void child.kill(signal)
  }
}
