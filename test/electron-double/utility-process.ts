/** The double of `utilityProcess`: a forked Node whose `process.parentPort` is Electron's. */
import { fork, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { fileURLToPath } from 'node:url'
import { desktop } from './desktop.ts'
import { Emitter, type Listener } from './emitter.ts'
import { refuseUnknownKeys, strict, unmodelled } from './strict.ts'

const WORLD = fileURLToPath(new URL('utility-world.ts', import.meta.url))
const OPTIONS = ['serviceName', 'stdio', 'execArgv']
const EVENTS = ['message', 'exit', 'spawn', 'error']

/** Electron has others; this is the one that loses nothing. */
const STDIO = ['ignore', 'inherit', 'inherit']

/**
 * `execArgv` becomes switches of Chromium. Node.js reads those that Electron allows it, which are a
 * few for debuggers; V8 reads what this switch holds.
 */
const JS_FLAGS = '--js-flags='

export interface UtilityOptions {
  readonly serviceName?: string
  readonly stdio?: readonly string[]
  readonly execArgv?: readonly string[]
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export class DoubleUtilityProcess {
  readonly #emitter = new Emitter('UtilityProcess', EVENTS)
  readonly #child: ChildProcess
  #hasSpawned = false
  #wasKilled = false
  #hasExited = false

  constructor(modulePath: string, args: readonly string[], options: UtilityOptions) {
    refuseUnknownKeys('the utility process option', options, OPTIONS)
    if (!isDeepStrictEqual(options.stdio, STDIO)) {
      unmodelled(`a utility process with stdio ${JSON.stringify(options.stdio)}`)
    }
    this.#child = fork(modulePath, args, {
      stdio: [...STDIO, 'ipc'] as ('ignore' | 'inherit' | 'ipc')[],
      execArgv: ['--import', WORLD, ...v8Flags(options.execArgv ?? [])],
      serialization: 'advanced'
    })
    running.add(this.#child)
    this.#child.once('spawn', () => {
      this.#hasSpawned = true
      this.#emitter.emit('spawn')
    })
    this.#child.on('message', (message) => this.#emitter.emit('message', message))
    this.#child.once('exit', (code, signal) => {
      running.delete(this.#child)
      this.#takeExit(this.#exitCode(code, signal))
    })
  }

  /** Unknown before the process was spawned and after it has ended. */
  get pid(): number | undefined {
    return this.#hasSpawned && !this.#hasExited ? this.#child.pid : undefined
  }

  on(event: string, listener: Listener): void {
    this.#emitter.add(event, listener)
  }

  once(event: string, listener: Listener): void {
    this.#emitter.add(event, listener, true)
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object, () => undefined)
  }

  /** False, and nothing happens, before it was spawned. */
  kill(): boolean {
    if (this.pid === undefined) return false
    this.#wasKilled = this.#child.kill('SIGTERM')
    return this.#wasKilled
  }

  /** V8 cannot go on in it: Electron tells the error, and the process ends by a crash. */
  failFatally(location: string): void {
    this.#child.kill('SIGSEGV')
    // Its exit is told later, in a turn of its own.
    this.#emitter.emit('error', 'FatalError', location, '{"header":{}}')
  }

  /** Electron's main process ends: this one is gone with it, whatever it was doing. */
  endWithMain(): void {
    this.#child.kill('SIGKILL')
    this.#takeExit(0)
  }

  #takeExit(code: number): void {
    if (this.#hasExited) return
    this.#hasExited = true
    this.#emitter.emit('exit', code)
  }

  /** What waitpid tells, so that a signal is a number; an end that `kill` asked for is a 0. */
  #exitCode(code: number | null, signal: NodeJS.Signals | null): number {
    if (code !== null) return code
    return this.#wasKilled ? 0 : constants.signals[signal!]
  }
}

function v8Flags(execArgv: readonly string[]): readonly string[] {
  return execArgv.flatMap((flag) => {
    if (!flag.startsWith(JS_FLAGS)) return unmodelled(`the effect of ${flag} on a utility process`)
    return flag.slice(JS_FLAGS.length).split(' ')
  })
}

export const utilityProcess = strict('utilityProcess', {
  fork(modulePath: string, args: readonly string[], options: UtilityOptions) {
    if (!desktop().isReady) throw new Error('utilityProcess.fork must wait until it is ready.')
    desktop().log.push(`utility ${options.serviceName ?? ''}`)
    const child = new DoubleUtilityProcess(modulePath, args, options)
    desktop().utilities.push(child)
    return strict('UtilityProcess', child)
  }
})
