/** The double of `utilityProcess`: a forked Node whose `process.parentPort` is Electron's. */
import { fork, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { desktop } from './desktop.ts'
import { Emitter, type Listener } from './emitter.ts'
import { refuseUnknownKeys, strict } from './strict.ts'

const WORLD = fileURLToPath(new URL('utility-world.ts', import.meta.url))
const OPTIONS = ['serviceName', 'stdio', 'execArgv']

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
  readonly #emitter = new Emitter('UtilityProcess', ['message', 'exit', 'spawn'])
  readonly #child: ChildProcess
  #hasSpawned = false

  constructor(modulePath: string, args: readonly string[], options: UtilityOptions) {
    refuseUnknownKeys('the utility process option', options, OPTIONS)
    this.#child = fork(modulePath, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: ['--import', WORLD, ...(options.execArgv ?? [])],
      serialization: 'advanced'
    })
    running.add(this.#child)
    this.#child.once('spawn', () => {
      this.#hasSpawned = true
      this.#emitter.emit('spawn')
    })
    this.#child.on('message', (message) => this.#emitter.emit('message', message))
    this.#child.once('exit', (code) => {
      running.delete(this.#child)
      this.#hasSpawned = false
      this.#emitter.emit('exit', code ?? 1)
    })
  }

  /** Unknown before the process was spawned and after it has ended. */
  get pid(): number | undefined {
    return this.#hasSpawned ? this.#child.pid : undefined
  }

  get stdout(): Readable | null {
    return this.#child.stdout
  }

  get stderr(): Readable | null {
    return this.#child.stderr
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

  kill(): boolean {
    return this.#child.kill('SIGTERM')
  }
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
