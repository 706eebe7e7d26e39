/**
 * Posts the requests of one key, one after the other, and keeps which of them were acknowledged.
 * What was cut off may have been stored or not, so it goes on with the next number.
 */
import { Agent, request } from 'node:http'
import { bodyOf, targetOf, type NumberedRequest } from './numbered-request.ts'

const ANSWER_DEADLINE_MS = 10_000
/** While nobody listens. */
const REFUSED_PAUSE_MS = 5

type Outcome = 'acknowledged' | 'refused' | 'unsent' | 'unknown'

export class NumberedClient {
  readonly key: string
  readonly acknowledged: number[] = []
  /** Posted, with no answer that says what became of them. */
  unknown = 0
  /** Told that they were not taken. */
  refused = 0
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #isRunning = true
  readonly #ended: Promise<void>

  constructor(key: string, port: number) {
    this.key = key
    this.#port = port
    this.#ended = this.#work()
  }

  /** The request that runs is finished. */
  async stop(): Promise<void> {
    this.#isRunning = false
    await this.#ended
    this.#agent.destroy()
  }

  async #work(): Promise<void> {
    for (let number = 0; this.#isRunning;) {
      const outcome = await this.#post({ key: this.key, number })
      if (outcome === 'unsent') {
        await new Promise((resolve) => setTimeout(resolve, REFUSED_PAUSE_MS))
        continue
      }
      if (outcome === 'acknowledged') this.acknowledged.push(number)
      else if (outcome === 'refused') this.refused++
      else this.unknown++
      number++
    }
  }

  #post(what: NumberedRequest): Promise<Outcome> {
    return new Promise((resolve) => {
      const body = bodyOf(what)
      const sent = request({
        ...{ agent: this.#agent, host: '127.0.0.1', port: this.#port, method: 'POST' },
        ...{ path: targetOf(what), timeout: ANSWER_DEADLINE_MS },
        headers: { 'x-case-id': what.key, 'content-length': body.length }
      })
      sent.on('response', (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode === 202 ? 'acknowledged' : 'refused'))
        response.on('close', () => resolve('unknown'))
      })
      sent.on('timeout', () => sent.destroy())
      sent.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code === 'ECONNREFUSED' ? 'unsent' : 'unknown')
      })
      sent.end(body)
    })
  }
}
