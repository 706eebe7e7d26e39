/**
 * A process on one core. Every process that the benchmark starts is started here, so that
 * all of them, and only they, are ended with it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { descendants } from './process-figures.ts'

/** Load generator, upstream servers and the harness. */
export const LOAD_CORE = 0
/** The proxy, alone. */
export const PROXY_CORE = 1

const STOP_GRACE_MS = 4000
const OUTPUT_LIMIT = 64 * 1024

const running = new Set<PinnedProcess>()

export interface PinnedOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Ends the process when it runs longer; 0 = no limit. */
  readonly limitMs?: number
}

export class PinnedProcess {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #command: string
  readonly #ended: Promise<number | null>
  #output = ''
  #limit: NodeJS.Timeout | undefined

  constructor(core: number, command: string, args: readonly string[], options: PinnedOptions = {}) {
    this.#command = command
    this.#child = spawn('taskset', ['-c', String(core), command, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env }
    })
    const { pid } = this.#child
    if (pid === undefined) throw new Error('taskset (Debian: util-linux) could not be started.')
    this.pid = pid
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#keep(chunk))
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#keep(chunk))
    // A child that has ended closes its standard input; that alone is not an error.
    this.#child.stdin?.on('error', () => undefined)
    this.#ended = this.#watchEnd(options.limitMs ?? 0)
    running.add(this)
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
  get output(): string {
    return this.#output
  }

  /** Resolves to the exit code, or null after a signal. */
  ended(): Promise<number | null> {
    return this.#ended
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  closeInput(): void {
    this.#child.stdin?.end()
  }

  /** SIGTERM, then SIGKILL for it and its descendants after a grace period. */
  async stop(): Promise<void> {
    if (this.hasEnded) return
    const family = descendants(this.pid)
    this.#child.kill('SIGTERM')
    const forced = setTimeout(() => this.#killFamily(family), STOP_GRACE_MS)
    await this.#ended
    clearTimeout(forced)
  }

  /** At exit, when nothing can be awaited. */
  killNow(): void {
    if (!this.hasEnded) this.#killFamily(descendants(this.pid))
  }

  #killFamily(family: readonly number[]): void {
    this.#child.kill('SIGKILL')
    for (const pid of family) killQuietly(pid)
  }

  async #watchEnd(limitMs: number): Promise<number | null> {
    if (limitMs > 0) this.#limit = setTimeout(() => this.killNow(), limitMs)
    try {
      await once(this.#child, 'close')
    } finally {
      clearTimeout(this.#limit)
      running.delete(this)
    }
    return this.#child.exitCode
  }

  #keep(chunk: Buffer): void {
    this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_LIMIT)
  }

  describeEnd(): string {
    return `${this.#command} ended early:\n${this.#output.trim()}`
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Ends what still runs when the benchmark itself ends, whatever the reason. */
export function endProcessesAtExit(): void {
  process.on('exit', () => {
    for (const pinned of running) pinned.killNow()
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(130))
  }
}
