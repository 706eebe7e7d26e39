/** Lets a backend give a bad answer and collects what reached the clients. */
import type { BackendExchange, Script } from '../../servers/backend-connection.ts'
import { eventually } from '../../servers/eventually.ts'
import { Violation } from '../../servers/http-head.ts'
import { readResponse, type ResponseMessage } from '../../servers/http-message.ts'
import { exchangeOnce, RawClient } from '../../servers/raw-client.ts'
import { answerWithTarget, type RecordingBackend } from '../../servers/recording-backend.ts'
import type { ResponseAttack } from './response-attack.ts'

export interface ResponseObservation {
  /** The final response to the attacked request; null: none came whole. */
  readonly response: ResponseMessage | null
  /** What the strict judge had against it. */
  readonly violation: string | null
  /** Bytes of a response came, but no end of it. */
  readonly isPartial: boolean
  readonly isClosed: boolean
  /** Another request on the same connection, where that stayed open, got its own answer. */
  readonly isFollowUpAnswered: boolean
  /** Three requests of other clients got their own answers. */
  readonly areBystandersServed: boolean
}

/** Longer than an answer takes on loopback, shorter than anybody's timeout. */
const SILENCE_MS = 150

export async function observeResponse(
  port: number,
  backend: RecordingBackend,
  attack: ResponseAttack
): Promise<ResponseObservation> {
  backend.forget()
  backend.script = scriptOf(attack)
  const method = attack.method ?? 'GET'
  const client = await RawClient.connect(port)
  try {
    client.send(`${method} /attack HTTP/1.1\r\nHost: a.test\r\n\r\n`)
    const seen = await untilSettled(client, method)
    const isClosed = client.hasEnded
    const isFollowUpAnswered =
      !isClosed && seen.response !== null && (await isServed(client, seen.end))
    let areBystandersServed = true
    for (let index = 0; index < 3; index += 1) {
      areBystandersServed &&= await isBystanderServed(port, index)
    }
    const { response, violation, isPartial } = seen
    return { response, violation, isPartial, isClosed, isFollowUpAnswered, areBystandersServed }
  } finally {
    client.close()
  }
}

export function responseVerdict(seen: ResponseObservation): string {
  if (!seen.areBystandersServed) return '**poisons another client**'
  if (seen.violation !== null) return `**passes it on**: ${seen.violation}`
  if (seen.response) {
    const isMixedUp = !seen.isClosed && !seen.isFollowUpAnswered
    if (isMixedUp) return '**poisons the next request**'
    return seen.response.status >= 500 ? String(seen.response.status) : 'forwards'
  }
  if (!seen.isClosed) return 'waits'
  return seen.isPartial ? 'forwards, then cuts' : 'closes'
}

function scriptOf(attack: ResponseAttack): Script {
  const plain = answerWithTarget()
  return async (exchange: BackendExchange) => {
    if (exchange.target !== '/attack') return plain(exchange)
    await exchange.request
    if (attack.bytes !== '') exchange.send(attack.bytes)
    if (attack.ending === 'closes') exchange.end()
    if (attack.ending === 'resets') await resetAfterSending(exchange)
  }
}

/** A reset overtakes bytes that the peer has not read: it waits until they have left. */
async function resetAfterSending(exchange: BackendExchange): Promise<void> {
  const { socket } = exchange.connection
  await eventually('the bytes have left', () => socket.writableLength === 0)
  await new Promise((resolve) => setTimeout(resolve, 20))
  exchange.reset()
}

interface Settled extends Pick<ResponseObservation, 'response' | 'violation' | 'isPartial'> {
  /** Offset behind the response in what the client received. */
  readonly end: number
}

async function untilSettled(client: RawClient, method: string): Promise<Settled> {
  let length = -1
  let changedAt = performance.now()
  return eventually('a response, the end or silence', () => {
    const judged = judge(client, method)
    if (judged.response || judged.violation !== null || client.hasEnded) return judged
    if (client.received.length !== length) {
      length = client.received.length
      changedAt = performance.now()
    }
    return performance.now() - changedAt > SILENCE_MS ? judged : undefined
  })
}

function judge(client: RawClient, method: string): Settled {
  let at = 0
  try {
    for (;;) {
      const found = readResponse(client.received, at, method, client.hasEnded)
      if (!found) {
        return { response: null, violation: null, isPartial: client.received.length > at, end: at }
      }
      at = found.next
      if (found.message.status >= 200 || found.message.status === 101) {
        return { response: found.message, violation: null, isPartial: false, end: at }
      }
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { response: null, violation: error.message, isPartial: true, end: at }
  }
}

/** Whether the next response on the connection is that to the next request. */
async function isServed(client: RawClient, from: number): Promise<boolean> {
  client.send('GET /follow-up HTTP/1.1\r\nHost: a.test\r\n\r\n')
  return eventually('the follow-up', () => {
    const found = readResponse(client.received, from, 'GET', client.hasEnded)
    if (found) return found.message.body.includes('/follow-up ') ? 'served' : 'mixed up'
    return client.hasEnded && 'closed'
  }).then((outcome) => outcome === 'served')
}

async function isBystanderServed(port: number, index: number): Promise<boolean> {
  const target = `/bystander-${index}`
  const response = await exchangeOnce(port, `GET ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
  return response.body.toString().includes(`${target} `)
}
