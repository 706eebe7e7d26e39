/** Sends the kept part of a request's body again, on another connection than the first. */
import type { BodySpool } from '../exchange/body-spool.ts'
import type { Transport } from '../transport/transport.ts'

export class BodyReplay {
  readonly #spool: BodySpool
  readonly #transport: Transport
  readonly #done: (error: Error | null) => void
  #offset = 0
  #isReading = false
  #isStopped = false

  /** `done` is told once, unless the replay was stopped before. */
  constructor(spool: BodySpool, transport: Transport, done: (error: Error | null) => void) {
    this.#spool = spool
    this.#transport = transport
    this.#done = done
  }

  /** Goes on until the peer takes no more; to be called again when it does. */
  pump(): void {
    if (this.#isReading || this.#isStopped || this.#transport.isBlocked) return
    this.#isReading = true
    void this.#send().catch((error: unknown) => {
      this.#end(error instanceof Error ? error : new Error(String(error)))
    })
  }

  /** The exchange is over, or this try of it. */
  stop(): void {
    this.#isStopped = true
  }

  async #send(): Promise<void> {
    while (!this.#transport.isBlocked) {
      const octets = await this.#spool.read(this.#offset)
      if (this.#isStopped) return
      if (octets === null) return this.#end(null)
      this.#offset += octets.length
      this.#transport.write(octets.toString('latin1'))
    }
    this.#isReading = false
    // The peer may have taken it between the look and the flag.
    this.pump()
  }

  #end(error: Error | null): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#done(error)
  }
}
