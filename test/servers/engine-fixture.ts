/**
 * A real engine in this process on real sockets, with clock, randomness and name resolution
 * in the hands of the test. What a test starts through it is stopped when the test ends.
 */
import { tmpdir } from 'node:os'
import { onTestFinished } from 'vitest'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import { Engine } from '../../proxy-core/engine/engine.ts'
import {
  EMPTY_OVERLAY,
  type EngineOverlay,
  type PoolView,
  type StopReport
} from '../../proxy-core/engine/engine-view.ts'
import type { EngineEvent } from '../../proxy-core/model/engine-event.ts'
import type { EngineSettings } from '../../proxy-core/model/settings.ts'
import type { Backend } from '../../proxy-core/pool/backend.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import { eventually } from './eventually.ts'
import { RawClient, type RawClientOptions } from './raw-client.ts'
import { RecordingBackend, type RecordingBackendOptions } from './recording-backend.ts'

type Dependencies = ConstructorParameters<typeof Engine>[0]
type EventOf<K extends EngineEvent['kind']> = Extract<EngineEvent, { kind: K }>

export interface EngineFixtureOptions extends Partial<
  Pick<Dependencies, 'clock' | 'random' | 'resolver' | 'openStore'>
> {
  readonly overlay?: Partial<EngineOverlay>
  /** Where relative paths of the configuration start; default the system's temporary folder. */
  readonly baseDir?: string
}

export const ADMIN_TOKEN = 'test-admin-token'

/** Every name is the loopback address: tests that resolve names bring their own. */
const loopbackResolver: Dependencies['resolver'] = {
  resolve: () => Promise.resolve(['127.0.0.1'])
}

export class EngineFixture {
  readonly engine: Engine
  readonly events: EngineEvent[] = []
  readonly #baseDir: string
  #stopped: Promise<StopReport> | null = null

  private constructor(options: EngineFixtureOptions) {
    this.#baseDir = options.baseDir ?? tmpdir()
    this.engine = new Engine({
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      resolver: options.resolver ?? loopbackResolver,
      version: '0.0.0-test',
      onEvent: (event) => this.events.push(event),
      adminToken: ADMIN_TOKEN,
      ...(options.openStore && { openStore: options.openStore })
    })
  }

  /** Starts and waits until the listeners are open. Stopped when the test ends. */
  static async start(yaml: string, options: EngineFixtureOptions = {}): Promise<EngineFixture> {
    const fixture = EngineFixture.prepare(options)
    await fixture.begin(yaml, options.overlay)
    return fixture
  }

  /** An engine that is not started yet, for tests of the start itself. */
  static prepare(options: EngineFixtureOptions = {}): EngineFixture {
    const fixture = new EngineFixture(options)
    onTestFinished(async () => {
      await fixture.stop()
    })
    return fixture
  }

  async begin(yaml: string, overlay: Partial<EngineOverlay> = {}): Promise<void> {
    await this.engine.start(settingsOf(yaml, this.#baseDir), { ...EMPTY_OVERLAY, ...overlay })
  }

  async reload(yaml: string): Promise<void> {
    await this.engine.reload(settingsOf(yaml, this.#baseDir))
  }

  /** Idempotent. */
  stop(): Promise<StopReport> {
    this.#stopped ??= this.engine.stop()
    return this.#stopped
  }

  port(listener = 'web'): number {
    const view = this.engine.listeners.find(({ name }) => name === listener)
    if (!view) throw new Error(`No listener is called ${listener}.`)
    return Number(view.address.slice(view.address.lastIndexOf(':') + 1))
  }

  pool(name = 'main'): PoolView {
    const pool = this.engine.pools.find((view) => view.name === name)
    if (!pool) throw new Error(`No pool is called ${name}.`)
    return pool
  }

  backend(address: string, pool = 'main'): Backend {
    const backend = this.pool(pool).backends.find((candidate) => candidate.address === address)
    if (!backend) throw new Error(`The pool ${pool} has no backend ${address}.`)
    return backend
  }

  /** A client of a listener, closed when the test ends. */
  async connect(listener = 'web', options: RawClientOptions = {}): Promise<RawClient> {
    const client = await RawClient.connect(this.port(listener), options)
    onTestFinished(() => client.close())
    return client
  }

  /** One GET on a connection of its own: status and body. */
  async get(
    target: string,
    ...lines: readonly string[]
  ): Promise<{ status: number; body: string }> {
    const client = await this.connect()
    client.send(getRequest(target, ...lines))
    const response = await client.readResponse()
    client.close()
    return { status: response.status, body: response.body.toString() }
  }

  eventsOf<K extends EngineEvent['kind']>(kind: K): EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.kind === kind)
  }

  /** The first event of that kind that fits, now or within the deadline. */
  eventOf<K extends EngineEvent['kind']>(
    kind: K,
    fits: (event: EventOf<K>) => boolean = () => true
  ): Promise<EventOf<K>> {
    return eventually(`an event ${kind}`, () => this.eventsOf(kind).find(fits))
  }
}

export function settingsOf(yaml: string, baseDir = tmpdir()): EngineSettings {
  const loaded = loadConfig(yaml, { file: 'switchyard.yaml', baseDir })
  if (!loaded.ok) {
    throw new Error(loaded.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  }
  return loaded.settings
}

/** A recording backend that is stopped when the test ends. */
export async function startBackend(
  name = 'backend',
  options: Omit<RecordingBackendOptions, 'name'> = {}
): Promise<RecordingBackend> {
  const backend = await RecordingBackend.start({ ...options, name })
  onTestFinished(() => backend.stop())
  return backend
}

export function startBackends(...names: readonly string[]): Promise<RecordingBackend[]> {
  return Promise.all(names.map((name) => startBackend(name)))
}

export function getRequest(target: string, ...lines: readonly string[]): string {
  const host = lines.some((line) => /^host:/i.test(line)) ? [] : ['Host: a.test']
  return [`GET ${target} HTTP/1.1`, ...host, ...lines, '', ''].join('\r\n')
}
