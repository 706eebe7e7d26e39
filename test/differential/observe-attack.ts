/** Sends an attack through a proxy and collects what came out on both sides. */
import type { BackendConnection } from '../servers/backend-connection.ts'
import { eventually } from '../servers/eventually.ts'
import { readResponse } from '../servers/http-message.ts'
import { exchangeOnce, RawClient } from '../servers/raw-client.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'
import type { Observation } from './observation.ts'

/** Silence for this long counts as waiting: on loopback an answer takes under a millisecond. */
const SILENCE_MS = 150
const FOLLOW_UP = '/follow-up'
const BYSTANDER = '/bystander'

export async function observeAttack(
  port: number,
  backend: RecordingBackend,
  pieces: Iterable<string | Buffer>
): Promise<Observation> {
  backend.forget()
  const client = await RawClient.connect(port)
  try {
    await client.sendPieces(pieces)
    const isAnswered = await untilResponses(client, 1)
    const before = finalResponses(client)
    if (isAnswered && !client.hasEnded) await followUp(client, before.length)
    const all = finalResponses(client)
    const isFollowUpAnswered = all.some(({ body }) => body.includes(FOLLOW_UP))
    const isWaiting = !isAnswered && !client.hasEnded
    const isClosed = client.hasEnded
    client.close()
    const isBystanderServed = await serveBystander(port)
    await settled(backend)
    return {
      statuses: all.filter(({ body }) => !body.includes(FOLLOW_UP)).map(({ status }) => status),
      isClosed,
      isWaiting,
      isFollowUpAnswered,
      isBystanderServed,
      messages: backend.requests.filter(({ target }) => ![FOLLOW_UP, BYSTANDER].includes(target)),
      violations: backend.violations,
      leftover: backend.connections.map(({ unread }) => unread.toString('latin1')).join(''),
      isLeftoverCut: backend.connections.every(isSettled)
    }
  } finally {
    client.close()
  }
}

interface FinalResponse {
  readonly status: number
  readonly body: string
}

/** The complete final responses so far; a malformed one counts as status 0. */
function finalResponses(client: RawClient): FinalResponse[] {
  const responses: FinalResponse[] = []
  try {
    for (let at = 0; at < client.received.length;) {
      const found = readResponse(client.received, at, 'GET', client.hasEnded)
      if (!found) break
      at = found.next
      const { status, body } = found.message
      if (status >= 200) responses.push({ status, body: body.toString('latin1') })
    }
  } catch {
    responses.push({ status: 0, body: '' })
  }
  return responses
}

/** True once there are `count` final responses; false after silence or the end. */
async function untilResponses(client: RawClient, count: number): Promise<boolean> {
  let length = -1
  let changedAt = performance.now()
  return eventually('responses, silence or the end', () => {
    if (finalResponses(client).length >= count) return 'answered' as const
    if (client.hasEnded) return 'silent' as const
    if (client.received.length !== length) {
      length = client.received.length
      changedAt = performance.now()
    }
    return performance.now() - changedAt > SILENCE_MS ? ('silent' as const) : undefined
  }).then((outcome) => outcome === 'answered')
}

async function followUp(client: RawClient, responsesBefore: number): Promise<void> {
  client.send(`GET ${FOLLOW_UP} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
  await untilResponses(client, responsesBefore + 1)
}

async function serveBystander(port: number): Promise<boolean> {
  const wire = `GET ${BYSTANDER} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`
  const response = await exchangeOnce(port, wire)
  return response.body.includes(BYSTANDER)
}

/** Connections with half a message must be cut by the proxy; gives it a moment to do so. */
async function settled(backend: RecordingBackend): Promise<void> {
  const started = performance.now()
  await eventually('the backend settles', () => {
    return backend.connections.every(isSettled) || performance.now() - started > SILENCE_MS
  })
}

function isSettled({ unread, hasEnded }: BackendConnection): boolean {
  return hasEnded || unread.length === 0
}
