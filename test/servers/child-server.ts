/**
 * A server in a process of its own, for everything that must be killed, frozen or restarted.
 * Started processes are killed when the test process exits, so a failed run leaves none behind.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { eventually } from './eventually.ts'

export interface ChildServerOptions {
  /** Resolves the start: a text or pattern in the output. Absent: the process merely runs. */
  readonly readyWhen?: RegExp
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly deadlineMs?: number
  /** Called for every complete line of either stream, as it comes. */
  readonly onLine?: (line: string) => void
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Generous: several processes may start at once on a busy machine. */
const READY_DEADLINE_MS = 20_000
/** Output is kept up to this length, the newest part. */
const OUTPUT_LIMIT = 200_000

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export class ChildServer {
  readonly pid: number
  /** Standard output and error, interleaved as they came. */
  output = ''
  readonly exited: Promise<Exit>
  isRunning = true
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, onLine: (line: string) => void) {
    this.#child = child
    this.pid = child.pid ?? -1
    running.add(child)
    const keep = (text: Buffer): void => {
      this.output = (this.output + text.toString()).slice(-OUTPUT_LIMIT)
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', keep)
      if (stream) createInterface(stream).on('line', onLine)
    }
    child.on('error', (error) => keep(Buffer.from(String(error))))
    this.exited = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.isRunning = false
        running.delete(child)
        resolve({ code, signal })
      })
    })
  }

  static async start(
    command: string,
    args: readonly string[],
    options: ChildServerOptions = {}
  ): Promise<ChildServer> {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd })
    })
    const server = new ChildServer(child, options.onLine ?? (() => undefined))
    const { readyWhen } = options
    if (readyWhen) {
      await server.#becomesReady(readyWhen, options.deadlineMs ?? READY_DEADLINE_MS)
    }
    return server
  }

  /** To its standard input. */
  say(text: string): void {
    this.#child.stdin?.write(text)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** SIGTERM by default; resolves when the process is gone. A frozen process is continued first. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (this.isRunning) {
      this.signal(signal)
      this.signal('SIGCONT')
    }
    return this.exited
  }

  /** A process that is not ready in time is of no use to anybody. */
  async #becomesReady(readyWhen: RegExp, deadlineMs: number): Promise<void> {
    const what = this.#child.spawnargs.join(' ')
    try {
      await eventually(`ready: ${what}`, () => this.#isReady(readyWhen), deadlineMs)
    } catch (error) {
      await this.stop('SIGKILL')
      throw error
    }
  }

  #isReady(readyWhen: RegExp): boolean {
    if (!this.isRunning) throw new Error(`It ended before it was ready:\n${this.output}`)
    return readyWhen.test(this.output)
  }
}
