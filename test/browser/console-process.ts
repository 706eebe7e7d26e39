/**
 * The console as an operator starts it on a machine without a display: `switchyard console` in a
 * process of its own, from `out/`, with folders of its own, and a browser at the link that it
 * printed.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ChildServer, type Exit } from '../servers/child-server.ts'
import { eventually } from '../servers/eventually.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/switchyard.cjs', import.meta.url))
const LINK = /Switchyard console: (http:\S+)/
const START_LIMIT_MS = 30_000

export class ConsoleProcess {
  readonly folder: TemporaryFolder
  #child: ChildServer | null = null

  private constructor(folder: TemporaryFolder) {
    this.folder = folder
  }

  static async start(): Promise<ConsoleProcess> {
    const running = new ConsoleProcess(temporaryFolder())
    await running.launch()
    return running
  }

  /** A new process in the same folders, as after a crash or a restart. */
  async launch(): Promise<void> {
    const home = this.folder.path
    this.#child = await ChildServer.start(
      process.execPath,
      [LAUNCHER, 'console', '--host', 'web', '--port', '0', '--no-open'],
      {
        env: {
          XDG_STATE_HOME: join(home, 'state'),
          XDG_CONFIG_HOME: join(home, 'config'),
          DISPLAY: '',
          WAYLAND_DISPLAY: ''
        },
        readyWhen: LINK,
        deadlineMs: START_LIMIT_MS
      }
    )
  }

  get pid(): number {
    return this.#running.pid
  }

  /** Everything that it wrote, for messages of failed tests. */
  get output(): string {
    return this.#running.output
  }

  /** The one-time link that it printed last. */
  get link(): string {
    const link = LINK.exec(this.output)?.[1]
    if (link === undefined) throw new Error(`It printed no link:\n${this.output}`)
    return link
  }

  /** Another link for the same console, as `switchyard console --url` prints it. */
  async mintLink(): Promise<string> {
    const home = this.folder.path
    const minting = await ChildServer.start(process.execPath, [LAUNCHER, 'console', '--url'], {
      env: { XDG_STATE_HOME: join(home, 'state'), XDG_CONFIG_HOME: join(home, 'config') },
      readyWhen: /http:\S+/
    })
    const link = /http:\S+/.exec(minting.output)?.[0]
    await minting.stop('SIGTERM')
    return link!
  }

  get url(): string {
    return new URL(this.link).origin
  }

  /** The engine is the child that carries the traffic. */
  async enginePid(): Promise<number> {
    return eventually('an engine', () => {
      const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
      return children
        .trim()
        .split(' ')
        .map(Number)
        .find((pid) => pid > 0 && isEngine(pid))
    })
  }

  signal(signal: NodeJS.Signals): void {
    this.#running.signal(signal)
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    return this.#running.stop(signal)
  }

  /** Stops, and removes what it left on disk. Idempotent. */
  async dispose(): Promise<void> {
    if (this.#child?.isRunning) await this.stop('SIGTERM')
    this.folder.remove()
  }

  get #running(): ChildServer {
    if (!this.#child) throw new Error('It was not launched.')
    return this.#child
  }
}

function isEngine(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine')
  } catch {
    return false
  }
}
