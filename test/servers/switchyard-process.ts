/**
 * The product as an operator runs it: `switchyard run` in a process of its own, with the built
 * code of `out/`, a state directory of its own and its log read line by line.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EngineEvent } from '../../proxy-core/model/engine-event.ts'
import { ChildServer, type Exit } from './child-server.ts'
import { configuration, type ConfigurationParts } from './configuration.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-ports.ts'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/switchyard.cjs', import.meta.url))
const BUILT_CLI = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

type EventOf<K extends EngineEvent['kind']> = Extract<EngineEvent, { kind: K }>

interface LogLine {
  readonly level?: string
  readonly message?: string
  readonly event?: EngineEvent
}

export class SwitchyardProcess {
  readonly port: number
  readonly adminPort: number
  readonly log: LogLine[] = []
  readonly #folder: TemporaryFolder
  #child: ChildServer | null = null

  private constructor(port: number, adminPort: number, folder: TemporaryFolder) {
    this.port = port
    this.adminPort = adminPort
    this.#folder = folder
  }

  /** Starts with these parts of a configuration and waits until it is ready. */
  static async start(parts: ConfigurationParts): Promise<SwitchyardProcess> {
    if (!existsSync(BUILT_CLI)) throw new Error('Scenarios run the built product: npm run build')
    const folder = temporaryFolder()
    const running = new SwitchyardProcess(await freePort(), await freePort(), folder)
    running.configure(parts)
    await running.launch()
    return running
  }

  get pid(): number {
    return this.#running.pid
  }

  get configFile(): string {
    return join(this.#folder.path, 'switchyard.yaml')
  }

  /** Everything that it wrote, for messages of failed tests. */
  get output(): string {
    return this.#running.output
  }

  /** A new process after `stop`, on the same ports and file. */
  async launch(): Promise<void> {
    this.#child = await ChildServer.start(
      process.execPath,
      [LAUNCHER, 'run', this.configFile, '--log-format', 'json'],
      {
        env: { XDG_STATE_HOME: join(this.#folder.path, 'state') },
        onLine: (line) => this.#keep(line)
      }
    )
    await eventually('the product is ready', () => this.#isReady(), 20_000)
  }

  /** Replaces the file by a rename, as editors do. */
  configure(parts: ConfigurationParts): void {
    const text = configuration({
      ...parts,
      listener: { address: `127.0.0.1:${this.port}`, ...parts.listener },
      admin: { address: `127.0.0.1:${this.adminPort}`, ...parts.admin }
    })
    const draft = this.#folder.write('switchyard.yaml.draft', text)
    renameSync(draft, this.configFile)
  }

  /** Writes text as it is into the file, in place. */
  write(text: string): void {
    writeFileSync(this.configFile, text)
  }

  signal(signal: NodeJS.Signals): void {
    this.#running.signal(signal)
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    return this.#running.stop(signal)
  }

  /** Stops, and removes what it left on disk. Idempotent. */
  async dispose(): Promise<void> {
    if (this.#child?.isRunning) await this.stop('SIGKILL')
    this.#folder.remove()
  }

  eventsOf<K extends EngineEvent['kind']>(kind: K): EventOf<K>[] {
    return this.log
      .flatMap(({ event }) => (event ? [event] : []))
      .filter((event): event is EventOf<K> => event.kind === kind)
  }

  /** The first event of the kind after `sinceMs` (wall clock) that fits. */
  eventOf<K extends EngineEvent['kind']>(
    kind: K,
    sinceMs: number,
    fits: (event: EventOf<K>) => boolean,
    deadlineMs = 30_000
  ): Promise<EventOf<K>> {
    const find = (): EventOf<K> | undefined =>
      this.eventsOf(kind).find((event) => event.atMs >= sinceMs && fits(event))
    return eventually(`an event ${kind}`, find, deadlineMs)
  }

  /** The content of the file that the log names. */
  get adminToken(): string {
    const file = /\(token in ([^)]+)\)/.exec(this.output)?.[1]
    if (!file) throw new Error('It has not said where its token is.')
    return readFileSync(file, 'utf8').trim()
  }

  /** Status and body of a GET on the admin listener, with the token. */
  admin(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const headers = { authorization: `Bearer ${this.adminToken}` }
    return new Promise((resolve, reject) => {
      const where = { host: '127.0.0.1', port: this.adminPort, path, headers, agent: false }
      get(where, (response) => {
        let body = ''
        response.on('data', (bytes: Buffer) => (body += bytes.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      }).on('error', reject)
    })
  }

  /** Resident bytes of the process that carries the traffic. */
  engineMemory(): number {
    return residentBytes(this.enginePid)
  }

  get enginePid(): number {
    const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
    const [engine] = children.trim().split(' ').map(Number)
    if (!engine) throw new Error(`The process ${this.pid} has no engine.`)
    return engine
  }

  get #running(): ChildServer {
    if (!this.#child) throw new Error('It was not launched.')
    return this.#child
  }

  #keep(line: string): void {
    try {
      this.log.push(JSON.parse(line) as LogLine)
    } catch {
      this.log.push({ message: line })
    }
  }

  async #isReady(): Promise<boolean> {
    if (!this.#running.isRunning) throw new Error(`It ended at once:\n${this.output}`)
    if (!this.output.includes('Admin API: ')) return false
    return this.admin('/health/ready').then(
      ({ status }) => status === 200,
      () => false
    )
  }
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
}
