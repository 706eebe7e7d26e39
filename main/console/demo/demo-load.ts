/**
 * A gentle load on the demo's listener: a fixed rate over connections that are kept, and never
 * more than a few requests at one time. While the listener is down, what cannot be sent is left
 * out and not made up for.
 */
import { Agent, get } from 'node:http'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'

export const DEMO_RATE_RPS = 50
const MAX_IN_FLIGHT = 20
const REQUEST_TIMEOUT_MS = 5_000
const PATHS = ['/', '/items/17', '/items/42', '/orders', '/search?q=points'] as const

export class DemoLoad {
  readonly #clock: Clock
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT })
  #url: string
  #timer: Timer | null = null
  #inFlight = 0
  #sent = 0

  /** `url`: of the listener, without a path. */
  constructor(clock: Clock, url: string) {
    this.#clock = clock
    this.#url = url
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get sent(): number {
    return this.#sent
  }

  /** The listener has moved. */
  aimAt(url: string): void {
    this.#url = url
  }

  start(): void {
    this.#timer ??= this.#clock.setInterval(() => this.#send(), 1000 / DEMO_RATE_RPS)
  }

  /** Cuts what is in flight. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#agent.destroy()
  }

  #send(): void {
    if (this.#inFlight >= MAX_IN_FLIGHT) return
    this.#inFlight++
    const path = PATHS[this.#sent++ % PATHS.length]!
    const request = get(
      `${this.#url}${path}`,
      { agent: this.#agent, timeout: REQUEST_TIMEOUT_MS },
      (response) => {
        response.on('error', () => {})
        response.resume()
      }
    )
    request.on('timeout', () => request.destroy())
    // What goes wrong on the way is what the console is there to show.
    request.on('error', () => {})
    request.once('close', () => this.#inFlight--)
  }
}
