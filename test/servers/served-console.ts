/**
 * The console's services over the contract, with a real engine process, real backends and a
 * page.
 */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createConsole, type Console } from '../../main/console/console.ts'
import { OperationBook } from '../../main/contract/operation-book.ts'
import { serveContract } from '../../main/contract/serve-contract.ts'
import { forkEngine } from '../../main/engine-host/engine-child.ts'
import { enginePath } from '../../main/engine-host/module-path.ts'
import { helloFrom } from '../../main/page/hello.ts'
import type { LiveFleet, LiveNumbers } from '../../preload/contract/live-state.ts'
import { memoryChannel } from '../../preload/contract/memory-channel.ts'
import type { Confirmation, PlanRequest } from '../../preload/contract/plan.ts'
import type { Verdict } from '../../preload/contract/status.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import { ContractClient } from '../../renderer/backend/contract-client.ts'
import { configuration, type ConfigurationParts } from './configuration.ts'
import { getRequest, startBackend } from './engine-fixture.ts'
import { eventually, within } from './eventually.ts'
import { RawClient } from './raw-client.ts'
import type { RecordingBackend } from './recording-backend.ts'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'

export const DEADLINE_MS = 15_000
export const UNCONFIRMED: Confirmation = { isConfirmed: false, typedName: null, reason: '' }
export const CONFIRMED: Confirmation = { isConfirmed: true, typedName: null, reason: '' }

/** What backends are probed with. */
export const HEALTH_CHECK = {
  type: 'http',
  path: '/health',
  interval: '100ms',
  fast_interval: '50ms',
  timeout: '1s',
  unhealthy_threshold: 2,
  healthy_threshold: 1
}

type BackendShown = LiveFleet['pools'][number]['backends'][number]

export class ServedConsole {
  readonly folder: TemporaryFolder
  readonly backends: readonly RecordingBackend[]
  readonly said: string[] = []
  /** The newest payload of each topic. */
  fleet: LiveFleet | null = null
  numbers: LiveNumbers | null = null
  verdict: Verdict | null = null
  #services: Console | null = null
  #page: ContractClient | null = null

  private constructor(folder: TemporaryFolder, backends: readonly RecordingBackend[]) {
    this.folder = folder
    this.backends = backends
  }

  /** With two backends, and nothing open. */
  static async start(): Promise<ServedConsole> {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    const served = new ServedConsole(folder, [await startBackend('a'), await startBackend('b')])
    await served.startServices()
    return served
  }

  get services(): Console {
    return this.#services!
  }

  get page(): ContractClient {
    return this.#page!
  }

  /** Once more after the services were stopped: the same console, started again. */
  async startServices(): Promise<void> {
    const { path } = this.folder
    const services = await createConsole({
      clock: systemClock,
      version: '0.0.0-test',
      stateFolder: join(path, 'state/switchyard/console'),
      settingsFolder: join(path, 'config/switchyard'),
      environment: { XDG_STATE_HOME: join(path, 'state'), HOME: path },
      launchEngine: () => forkEngine(enginePath()),
      abilities: {},
      secretVault: null,
      say: (line) => this.said.push(line)
    })
    this.#services = services
    onTestFinished(async () => {
      await within('the stop of the console', services.stop(), DEADLINE_MS)
    })
    const page = this.#openPage()
    this.#page = page
    await within('the hello', page.opened)
    this.fleet = this.numbers = this.verdict = null
    page.subscribe('fleet', {}, (payload) => (this.fleet = payload))
    page.subscribe('numbers', {}, (payload) => (this.numbers = payload))
    page.subscribe('verdict', {}, (payload) => (this.verdict = payload))
  }

  async open(parts: ConfigurationParts = {}): Promise<void> {
    const { backends, folder } = this
    const pool = { health_check: HEALTH_CHECK, ...parts.pool }
    const file = folder.write('shop.yaml', configuration({ backends, ...parts, pool }))
    await this.page.call('workspace.open', { file })
    await this.verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
  }

  verdictLike(pattern: RegExp): Promise<Verdict> {
    return eventually(
      `a verdict like ${String(pattern)}`,
      () => (this.verdict && pattern.test(this.verdict.sentence) ? this.verdict : undefined),
      DEADLINE_MS
    ).catch((error: unknown) => {
      const said = this.said.join('\n')
      throw new Error(`${String(error)}\nVerdict: ${this.verdict?.sentence}\n${said}`)
    })
  }

  async get(target = '/'): Promise<number> {
    const address = this.fleet!.listeners[0]!.address
    const client = await RawClient.connect(Number(address.slice(address.lastIndexOf(':') + 1)))
    try {
      client.send(getRequest(target))
      return (await client.readResponse()).status
    } finally {
      client.close()
    }
  }

  async apply(request: PlanRequest, confirmation: Confirmation): Promise<string> {
    const { planId } = await this.page.call('plan.make', request)
    return (await this.page.call('plan.apply', { planId, confirmation })).sentence
  }

  backendIn(address: string): BackendShown | undefined {
    return this.fleet?.pools[0]?.backends.find((one) => one.address === address)
  }

  /** A page with a channel of its own; results and payloads are checked against their schemas. */
  #openPage(): ContractClient {
    let lastOperation = 0
    const { handlers, topics } = this.services
    const hello = helloFrom('web', '0.0.0-test')
    const operations = new OperationBook(systemClock)
    const client = new ContractClient({
      openChannel: () => {
        const [own, other] = memoryChannel()
        serveContract(other, {
          ...{ hello, handlers, topics, operations },
          actor: 'operator (test)',
          clock: systemClock,
          log: (line) => this.said.push(line),
          areResultsChecked: true
        })
        return Promise.resolve(own)
      },
      clock: systemClock,
      random: Math.random,
      newOperationId: () => `operation-of-the-test-${++lastOperation}`,
      onDefect: (error) => this.said.push(`page: ${String(error)}`)
    })
    onTestFinished(() => client.close())
    return client
  }
}

export function drain(backend: RecordingBackend): PlanRequest {
  const place = { pool: 'main', backend: backend.address }
  return { kind: 'set_admin_state', ...place, state: 'drain', forMs: 60_000 }
}
