/**
 * The clients' side of random conversations: pipelined, in pieces, by fits and starts, or given
 * up.
 */
import { type EngineFixture } from './engine-fixture.ts'
import { fieldValue } from './http-head.ts'
import type { ResponseMessage } from './http-message.ts'
import { RawClient } from './raw-client.ts'
import { type SeededRandom } from './seeded-random.ts'
import { isHarmful, pause, wireBody, type Plan, type RandomRun } from './random-run.ts'

/** The engine between the two sides, and who has signed its certificate. */
export interface RandomHost {
  readonly fixture: EngineFixture
  readonly ca: string
}

function requestBytes(
  plan: Plan,
  version: string,
  lastField: string,
  random: SeededRandom
): Buffer {
  const path = random.chance(0.5) ? '/sealed/' : '/open/'
  const lines = [`${plan.method} ${path}${plan.id} HTTP/${version}`, 'Host: a.test']
  if (plan.isChunked) lines.push('Transfer-Encoding: chunked')
  else if (plan.body.length > 0) lines.push(`Content-Length: ${plan.body.length}`)
  if (lastField !== '') lines.push(lastField)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
  return Buffer.concat([head, wireBody(plan.body, plan.isChunked, random)])
}

/** Sends in random pieces; a client may give up in the middle. */
async function sendAll(client: RawClient, bytes: Buffer, random: SeededRandom): Promise<void> {
  const pieces = random.pick([1, 2, 4, 8])
  for (let piece = 0, at = 0; piece < pieces && at < bytes.length; piece += 1) {
    const stop = piece === pieces - 1 ? bytes.length : at + random.below(bytes.length - at + 1)
    client.send(bytes.subarray(at, stop))
    at = stop
    if (random.chance(0.5)) await pause(random.below(3))
  }
}

function readByFitsAndStarts(client: RawClient, random: SeededRandom): void {
  client.socket.on('data', () => {
    if (!random.chance(0.3)) return
    client.socket.pause()
    setTimeout(() => client.socket.resume(), random.below(8))
  })
}

/** One connection: some pipelined requests, and their answers in the same order. */
export async function converse(
  run: RandomRun,
  { fixture, ca }: RandomHost,
  random: SeededRandom,
  name: string
): Promise<void> {
  const isSecure = random.chance(0.4)
  const tls = isSecure ? { tls: { ca, servername: 'a.test' } } : {}
  const client = await RawClient.connect(fixture.port(isSecure ? 'secure' : 'web'), tls)
  const isOld = random.chance(0.15)
  const count = isOld ? 1 : 1 + random.below(6)
  const plans: Plan[] = []
  for (let n = 0; n < count; n += 1) {
    const plan = run.plan(random, `${name}.${n}`)
    // HTTP/1.0 has no chunks to send.
    plans.push(isOld ? { ...plan, isChunked: false } : plan)
  }
  const last = (n: number): string =>
    n === count - 1 && random.chance(0.3) ? 'Connection: close' : ''
  const bytes = plans.map((plan, n) => requestBytes(plan, isOld ? '1.0' : '1.1', last(n), random))
  if (random.chance(0.4)) readByFitsAndStarts(client, random)
  const sent = sendAll(client, Buffer.concat(bytes), random)
  if (random.chance(0.08)) {
    await pause(random.below(10))
  } else {
    await readAnswers(run, client, plans)
  }
  client.close()
  await Promise.all([sent, client.closed])
}

async function readAnswers(
  run: RandomRun,
  client: RawClient,
  plans: readonly Plan[]
): Promise<void> {
  for (const plan of plans) {
    let response: ResponseMessage
    try {
      do response = await client.readResponse(plan.method, 8000)
      while (response.status < 200)
    } catch (error) {
      if (!isHarmful(plan)) run.mistake(plan, `no answer: ${String(error).slice(0, 120)}`)
      return
    }
    if (response.framing.kind === 'until-close') client.halfClose()
    const isWhole = response.framing.kind !== 'until-close' || (await client.closed) === 'fin'
    if (isWhole) run.check(plan, response)
    else if (!isHarmful(plan)) run.mistake(plan, 'cut')
    if (fieldValue(response, 'connection')?.toLowerCase() === 'close') return
  }
}
