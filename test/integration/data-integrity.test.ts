/**
 * Contract: whatever clients and backends do to each other, every response that a client takes
 * for complete is the whole answer to exactly its request, nothing unsafe is done twice, and
 * afterwards nothing is held any more.
 *
 * The seed of a failed run stands in its message; `SWITCHYARD_SEED` repeats it.
 */
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { crc32 } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { delayWrites } from '../../proxy-core/transport/testing/held-writes.ts'
import type { BackendConnection, BackendExchange } from '../servers/backend-connection.ts'
import { CertificateAuthority } from '../servers/certificate-authority.ts'
import { EngineFixture } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import type { ResponseMessage } from '../servers/http-message.ts'
import { RawClient } from '../servers/raw-client.ts'
import { RecordingBackend } from '../servers/recording-backend.ts'
import { SeededRandom } from '../servers/seeded-random.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

const MEGABYTE = 1_048_576
const CLIENTS = 24
const CONNECTIONS_OF_A_CLIENT = 10
/** What 64 large read buffers and the garbage of a run may leave behind. */
const MEMORY_SLACK = 64 * MEGABYTE

/** What a backend does. The second list may cost the client its answer, the first must not. */
const HARMLESS = ['plain', 'slow', 'interim', 'early', 'last', 'quits'] as const
const HARMFUL = ['reset', 'cut by reset', 'cut by FIN'] as const
type Act = (typeof HARMLESS)[number] | (typeof HARMFUL)[number]

interface Plan {
  readonly id: string
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST'
  readonly body: Buffer
  readonly isChunked: boolean
  readonly act: Act
  readonly answer: Buffer
  readonly answerFraming: 'length' | 'chunked' | 'until-close'
}

const isHarmful = ({ act }: Plan): boolean => (HARMFUL as readonly Act[]).includes(act)

const NOISE = noise(2 * MEGABYTE)

function noise(length: number): Buffer {
  const random = new SeededRandom(1)
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(random.below(2 ** 32), at)
  return bytes
}

/** Octets that no other call is likely to return. */
function someBytes(random: SeededRandom): Buffer {
  const scale = random.pick([0, 10, 1000, 20_000, 70_000, 200_000, MEGABYTE])
  const boundary = random.pick([16_384, 65_536, 262_144]) - 1 + random.below(3)
  const length = random.chance(0.2) ? boundary : random.below(scale + 1)
  const start = random.below(NOISE.length - length)
  return NOISE.subarray(start, start + length)
}

class Run {
  readonly random: SeededRandom
  readonly plans = new Map<string, Plan>()
  /** How often the backends took each request whole. */
  readonly executions = new Map<string, number>()
  readonly statuses = new Map<number, number>()
  readonly mistakes: string[] = []
  answered = 0

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
  }

  plan(random: SeededRandom, id: string): Plan {
    const method = random.pick(['GET', 'GET', 'HEAD', 'PUT', 'POST'] as const)
    const hasBody = method === 'PUT' || method === 'POST'
    const act: Act = random.chance(0.85) ? random.pick(HARMLESS) : random.pick(HARMFUL)
    // Nothing tells a body that ends with a FIN from one that is cut by it.
    const framings =
      act === 'cut by FIN' ? ['length', 'chunked'] : ['length', 'chunked', 'until-close']
    const plan: Plan = {
      id,
      method,
      body: hasBody ? someBytes(random) : Buffer.alloc(0),
      isChunked: hasBody && random.chance(0.4),
      act,
      answer: someBytes(random),
      answerFraming: random.pick(framings) as Plan['answerFraming']
    }
    this.plans.set(id, plan)
    return plan
  }

  mistake(plan: Plan, what: string): void {
    const { id, method, act, answerFraming, body, answer } = plan
    this.mistakes.push(
      `${id} ${method} ${act} ${answerFraming} ${body.length} -> ${answer.length}: ${what}`
    )
  }

  /** A response that the client took for complete. */
  check(plan: Plan, response: ResponseMessage): void {
    this.answered++
    this.statuses.set(response.status, (this.statuses.get(response.status) ?? 0) + 1)
    if (response.status !== 200) return this.#checkFailure(plan, response.status)
    const id = fieldValue(response, 'x-id')
    if (id !== plan.id) return this.mistake(plan, `the answer to ${id}`)
    const sum = fieldValue(response, 'x-sum')
    if (sum !== 'early' && sum !== String(crc32(plan.body))) {
      this.mistake(plan, 'the backend got another body')
    }
    const expected = plan.method === 'HEAD' ? Buffer.alloc(0) : plan.answer
    if (!response.body.equals(expected)) {
      this.mistake(plan, `${response.body.length} octets of body, not those that were sent`)
    }
  }

  #checkFailure(plan: Plan, status: number): void {
    const isExcused = isHarmful(plan)
    // A pooled connection may close under a request that must not be sent twice.
    const isUnsafe = plan.method === 'POST' || plan.body.length > 0 || plan.isChunked
    if (!(status === 502 && (isExcused || isUnsafe))) this.mistake(plan, `status ${status}`)
  }

  executed(id: string): void {
    const times = (this.executions.get(id) ?? 0) + 1
    this.executions.set(id, times)
    const plan = this.plans.get(id)!
    if (plan.method === 'POST' && times > 1) this.mistake(plan, 'executed twice')
  }
}

/** RST, which a TLS socket can only send by the TCP socket below it. */
function reset({ socket }: BackendConnection): void {
  const { _parent: below } = socket as Socket & { readonly _parent?: Socket }
  ;(below ?? socket).resetAndDestroy()
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function headOf(plan: Plan, sum: string): string {
  const fields = [`X-Id: ${plan.id}`, `X-Sum: ${sum}`]
  if (plan.answerFraming === 'length') fields.push(`Content-Length: ${plan.answer.length}`)
  if (plan.answerFraming === 'chunked') fields.push('Transfer-Encoding: chunked')
  if (plan.act === 'last') fields.push('Connection: close')
  return `HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\n\r\n`
}

/** The body on the wire, in chunks of any size where there are chunks. */
function wireBody(bytes: Buffer, isChunked: boolean, random: SeededRandom): Buffer {
  if (!isChunked) return bytes
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + 1 + random.below(random.pick([10, 3000, 100_000])))
    // Tiny chunks only for tiny bodies: the point is where they are cut, not their number.
    const stop = bytes.length > 5000 ? Math.max(end, Math.min(bytes.length, at + 500)) : end
    parts.push(Buffer.from(`${(stop - at).toString(16)}\r\n`), bytes.subarray(at, stop))
    parts.push(Buffer.from('\r\n'))
    at = stop
  }
  const trailer = random.chance(0.2) ? 'X-Trailer: 1\r\n' : ''
  parts.push(Buffer.from(`0\r\n${trailer}\r\n`))
  return Buffer.concat(parts)
}

/** The backend's side of one exchange. */
async function perform(run: Run, random: SeededRandom, exchange: BackendExchange): Promise<void> {
  const { socket } = exchange.connection
  const plan = run.plans.get(exchange.target.split('/').at(-1)!)!
  const received = exchange.request.then(({ body }) => {
    run.executed(plan.id)
    return String(crc32(body))
  })
  if (plan.act === 'slow') {
    socket.pause()
    void pause(1 + random.below(15)).then(() => socket.resume())
  }
  if (plan.act === 'interim') exchange.send('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n')
  const sum = plan.act === 'early' ? 'early' : await received
  if (plan.act === 'reset') return reset(exchange.connection)
  const head = Buffer.from(headOf(plan, sum))
  if (plan.method === 'HEAD') exchange.send(head)
  else await sendAnswer(plan, random, exchange, head)
  const ends = plan.act === 'last' || plan.act === 'quits' || plan.answerFraming === 'until-close'
  if (ends) exchange.end()
}

async function sendAnswer(
  plan: Plan,
  random: SeededRandom,
  exchange: BackendExchange,
  head: Buffer
): Promise<void> {
  const wire = Buffer.concat([
    head,
    wireBody(plan.answer, plan.answerFraming === 'chunked', random)
  ])
  const isCut = plan.act === 'cut by reset' || plan.act === 'cut by FIN'
  const end = isCut ? head.length + random.below(wire.length - head.length + 1) : wire.length
  const pieces = random.pick([1, 1, 2, 5])
  for (let piece = 0, at = 0; piece < pieces && at < end; piece += 1) {
    const stop = piece === pieces - 1 ? end : Math.min(end, at + random.below(end))
    exchange.send(wire.subarray(at, stop))
    at = stop
    if (piece < pieces - 1) await pause(random.below(4))
  }
  if (plan.act === 'cut by reset') reset(exchange.connection)
  if (plan.act === 'cut by FIN' && end < wire.length) exchange.end()
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
async function converse(
  run: Run,
  fixture: EngineFixture,
  random: SeededRandom,
  name: string
): Promise<void> {
  const isSecure = random.chance(0.4)
  const tls = isSecure ? { tls: { ca: AUTHORITY.certPem, servername: 'a.test' } } : {}
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

async function readAnswers(run: Run, client: RawClient, plans: readonly Plan[]): Promise<void> {
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

const AUTHORITY = new CertificateAuthority()

async function startEverything(
  run: Run
): Promise<{ fixture: EngineFixture; backends: RecordingBackend[] }> {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const pair = AUTHORITY.issue({ names: ['a.test'] })
  const certificates = [
    { cert: folder.write('a.pem', pair.certPem), key: folder.write('a.key', pair.keyPem) }
  ]
  const ca = folder.write('ca.pem', AUTHORITY.certPem)
  const start = async (tls: boolean): Promise<RecordingBackend> => {
    const random = run.random.fork()
    const backend = await RecordingBackend.start({
      script: (exchange) => perform(run, random, exchange),
      ...(tls ? { tls: { cert: pair.certPem, key: pair.keyPem } } : {})
    })
    onTestFinished(() => backend.stop())
    return backend
  }
  const open = [await start(false), await start(false), await start(false)]
  const sealed = [await start(true), await start(true)]
  const pool = (name: string, backends: readonly RecordingBackend[], more: object): object => ({
    name,
    max_connections: 4,
    queue: { size: 10_000, timeout: '1m' },
    backends: backends.map(({ address }) => ({ address })),
    ...more
  })
  const document = {
    version: 1,
    admin: { address: '127.0.0.1:0' },
    listeners: [
      { name: 'web', address: '127.0.0.1:0' },
      { name: 'secure', address: '127.0.0.1:0', tls: { certificates } }
    ],
    routes: [
      { path_prefix: '/open', pool: 'open' },
      { path_prefix: '/sealed', pool: 'sealed' }
    ],
    pools: [
      pool('open', open, { algorithm: 'least_conn' }),
      pool('sealed', sealed, { tls: { ca, server_name: 'a.test' } })
    ]
  }
  const fixture = await EngineFixture.start(JSON.stringify(document))
  return { fixture, backends: [...open, ...sealed] }
}

/** Every other write of the engine finds no room at first, as with peers that are far away. */
function crowdKernel(
  run: Run,
  fixture: EngineFixture,
  backends: readonly RecordingBackend[]
): void {
  const random = run.random.fork()
  const ours = new Set([fixture.port('web'), fixture.port('secure')])
  const theirs = new Set(backends.map(({ port }) => port))
  delayWrites(
    ({ localPort, remotePort }) => ours.has(localPort ?? 0) || theirs.has(remotePort ?? 0),
    () => (random.chance(0.5) ? random.below(6) : 0)
  )
}

/** Everything that was lent has come back. */
function isAtRest({ engine }: EngineFixture): boolean {
  return (
    engine.listeners.every(
      ({ connections, counters }) => connections === 0 && counters.inFlight === 0
    ) &&
    engine.pools.every(
      ({ counters, backends }) =>
        counters.inFlight === 0 &&
        counters.queued === 0 &&
        backends.every(({ load, counters: its }) => load === 0 && its.inFlight === 0)
    )
  )
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

/** Buffers outside the heap, after everything that can go is gone. */
function bufferBytes(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

test('random conversations are never mixed up, cut unnoticed or done twice, and leave nothing', async () => {
  const seed = Number(process.env['SWITCHYARD_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
  const run = new Run(seed)
  const { fixture, backends } = await startEverything(run)
  crowdKernel(run, fixture, backends)
  const before = bufferBytes()
  const client = async (name: string, random: SeededRandom): Promise<void> => {
    for (let n = 0; n < CONNECTIONS_OF_A_CLIENT; n += 1) {
      await converse(run, fixture, random, `${name}.${n}`)
      for (const backend of backends) {
        run.mistakes.push(...backend.violations)
        backend.forget()
      }
    }
  }
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) => client(`c${index}`, run.random.fork()))
  )
  expect(run.mistakes, `seed ${seed}`).toEqual([])
  expect(run.answered, `seed ${seed}`).toBeGreaterThan(CLIENTS * CONNECTIONS_OF_A_CLIENT)
  await eventually(`rest after seed ${seed}`, () => isAtRest(fixture))
  expect(fixture.eventsOf('fault'), `seed ${seed}`).toEqual([])
  run.plans.clear()
  for (const backend of backends) backend.forget()
  // The collector frees array buffers on a thread of its own, a moment after `gc` has returned.
  await eventually(`memory after seed ${seed}`, () => bufferBytes() - before < MEMORY_SLACK)
}, 30_000)
