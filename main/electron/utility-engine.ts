/**
 * The engine as a utility process of Electron: its own process and event loop, so that traffic
 * neither waits for a window nor ends with one. The module is the one that Node forks.
 */
import { utilityProcess, type UtilityProcess } from 'electron'
import type { EngineChild, EngineExit } from '../engine-host/engine-child.ts'
import type { ControlPort } from '../../proxy-core/engine/control-channel.ts'

/** As task managers show it. */
const SERVICE_NAME = 'Switchyard engine'

/** Must wait until the application is ready. */
export function forkUtilityEngine(modulePath: string): EngineChild {
  const child = utilityProcess.fork(modulePath, [], {
    serviceName: SERVICE_NAME,
    stdio: ['ignore', 'pipe', 'pipe'],
    // For the young garbage of the engine, as under Node.
    execArgv: ['--max-semi-space-size=8']
  })
  // An access log on standard output, and the last words of a crash.
  child.stdout?.pipe(process.stdout, { end: false })
  child.stderr?.pipe(process.stderr, { end: false })
  return {
    // Not known until the process was spawned.
    get pid() {
      return child.pid ?? -1
    },
    port: portTo(child),
    onExit: (listener) => onceEnded(child, listener),
    kill: (signal) => end(child, signal)
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

function onceEnded(child: UtilityProcess, listener: (exit: EngineExit) => void): void {
  child.once('exit', (code) => listener({ code, signal: null }))
}

/** Electron itself sends SIGTERM only. */
function end(child: UtilityProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  const { pid } = child
  if (pid === undefined || signal === 'SIGTERM') {
    child.kill()
    return
  }
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended in the meantime, which its exit event tells.
  }
}
