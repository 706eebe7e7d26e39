/**
 * The status of stored requests, for whoever has their address: state and times, never head or
 * body. The address is the permission: 128 bits that nobody can guess.
 */
import type { EngineContext } from '../engine/engine-context.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { LocalTaker } from '../exchange/exchange-taker.ts'
import type { Refusal } from '../listener/refusal.ts'
import type { EntryHead } from '../store/request-store.ts'
import { INTAKE_REFUSALS } from './intake-refusals.ts'

const ID = /^[0-9a-f]{32}$/

const UNKNOWN: Refusal = {
  status: 404,
  reason: 'No stored request has this address, or its status is no longer kept.',
  termination: 'no_route'
}

const METHOD_NOT_ALLOWED: Refusal = {
  status: 405,
  reason: 'The status of a stored request can only be read.',
  termination: 'bad_request'
}

export interface StatusSource {
  /** null: there is no such entry. Rejects when the store is not open. */
  find(id: string): Promise<EntryHead | null>
  /** Wall clock; null: it does not wait for another attempt. */
  nextAttemptAtMs(entry: EntryHead): number | null
}

export class StatusDesk extends LocalTaker {
  readonly #context: EngineContext
  readonly #source: StatusSource
  /** Whose clients wait; a record that is not in here may be another exchange's by now. */
  readonly #asking = new Map<Exchange, object>()

  constructor(context: EngineContext, source: StatusSource) {
    super()
    this.#context = context
    this.#source = source
  }

  protected override take(exchange: Exchange): void {
    const client = exchange.client!
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') {
      exchange.addedLines += 'Allow: GET, HEAD\r\n'
      return client.answer(exchange, METHOD_NOT_ALLOWED)
    }
    const id = idOf(exchange)
    if (id === null) return client.answer(exchange, UNKNOWN)
    const question = {}
    this.#asking.set(exchange, question)
    void this.#answerFor(id).then((answer) => {
      if (this.#asking.get(exchange) === question) this.#give(exchange, answer)
    })
  }

  protected override left(exchange: Exchange): void {
    this.#asking.delete(exchange)
  }

  async #answerFor(id: string): Promise<Refusal> {
    try {
      const entry = await this.#source.find(id)
      if (entry === null) return UNKNOWN
      const content = { body: this.#textOf(entry), type: 'application/json' }
      return { status: 200, reason: '', termination: '', content }
    } catch {
      // The store reports by itself what is wrong with it.
      return INTAKE_REFUSALS.closed
    }
  }

  #give(exchange: Exchange, answer: Refusal): void {
    this.#context.tick()
    const client = exchange.client!
    try {
      client.answer(exchange, answer)
    } catch (error) {
      client.broke(error)
    }
  }

  #textOf(entry: EntryHead): string {
    const nextMs = this.#source.nextAttemptAtMs(entry)
    const document = {
      state: entry.replayedAs === null ? entry.state : 'replayed',
      receivedAt: timeOf(entry.receivedAtMs),
      settledAt: entry.settledAtMs === null ? null : timeOf(entry.settledAtMs),
      attempts: entry.attempts,
      lastStatus: entry.lastStatus === 0 ? null : entry.lastStatus,
      ...(nextMs === null ? {} : { nextAttemptAt: timeOf(nextMs) })
    }
    return `${JSON.stringify(document)}\n`
  }
}

/** What stands behind the prefix; null where it is no id. */
function idOf({ target, compiledRoute }: Exchange): string | null {
  const queryStart = target.indexOf('?')
  const path = queryStart < 0 ? target : target.substring(0, queryStart)
  const id = path.substring(path.lastIndexOf('/') + 1)
  const isOurs = path.endsWith(`${compiledRoute!.settings.pathPrefix}/${id}`)
  return isOurs && ID.test(id) ? id : null
}

function timeOf(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
