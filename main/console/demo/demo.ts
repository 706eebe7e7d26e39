/**
 * The demo: backends and a load of its own in this process, so that an operator can watch and
 * break something real. The balancer itself is the ordinary engine.
 */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { DemoState } from '../../../preload/contract/workspace-state.ts'
import { DemoBackend } from './demo-backend.ts'
import { demoDocument } from './demo-document.ts'
import { DEMO_RATE_RPS, DemoLoad } from './demo-load.ts'

/** Different enough to be told apart on a chart. */
const LATENCIES_MS = [8, 14, 25] as const

/** A port that is free on loopback. */
export type FindPort = () => Promise<number>

export interface DemoParts {
  readonly clock: Clock
  readonly findPort: FindPort
}

export class Demo {
  readonly #parts: DemoParts
  readonly #backends: readonly DemoBackend[]
  #load: DemoLoad | null = null
  #listenerUrl = ''

  constructor(parts: DemoParts) {
    this.#parts = parts
    this.#backends = LATENCIES_MS.map(
      (latencyMs, index) =>
        new DemoBackend({ clock: parts.clock, name: `demo-${index + 1}`, latencyMs })
    )
  }

  get state(): DemoState {
    const backends = this.#backends.map(({ name, address, isRunning }) => {
      return { name, address, isRunning }
    })
    return { backends, listenerUrl: this.#listenerUrl, rateRps: DEMO_RATE_RPS }
  }

  async begin(): Promise<void> {
    await Promise.all(this.#backends.map((backend) => backend.start()))
  }

  /**
   * The configuration, on ports that are free now. The system chooses them, and not the usual
   * ones: those belong to real configurations, and two demos that look for the next free one
   * take each other's while an engine is started again.
   */
  async document(): Promise<string> {
    const listener = await this.#parts.findPort()
    const admin = await this.#parts.findPort()
    this.#listenerUrl = `http://127.0.0.1:${listener}`
    const { backends } = this.state
    return demoDocument({
      listener: `127.0.0.1:${listener}`,
      admin: `127.0.0.1:${admin}`,
      backends
    })
  }

  /** The balancer listens: requests may come. */
  beginLoad(): void {
    this.#load ??= new DemoLoad(this.#parts.clock, this.#listenerUrl)
    this.#load.start()
  }

  /** Where the listener really is; the operator may have moved it. */
  aimAt(listenerUrl: string): void {
    this.#listenerUrl = listenerUrl
    this.#load?.aimAt(listenerUrl)
  }

  /** Kills a backend or starts it again on its port. Throws BACKEND_UNKNOWN, PORT_IN_USE. */
  async setBackend(name: string, isRunning: boolean): Promise<void> {
    const backend = this.#backends.find((one) => one.name === name || one.address === name)
    if (!backend) throw new SwitchyardError('BACKEND_UNKNOWN', `The demo has no backend ${name}.`)
    if (!isRunning) return backend.kill()
    try {
      await backend.start()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const message = `${backend.name} cannot listen on ${backend.address} again: ${reason}.`
      throw new SwitchyardError('PORT_IN_USE', message, {}, { cause: error })
    }
  }

  /** Before anything else ends: nobody shall see errors that are only the end. */
  stopLoad(): void {
    this.#load?.stop()
    this.#load = null
  }

  async end(): Promise<void> {
    this.stopLoad()
    await Promise.all(this.#backends.map((backend) => backend.kill()))
  }
}
