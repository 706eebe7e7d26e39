/**
 * What a run of random conversations plans, takes for right and counts as a mistake, by one
 * seed.
 */
import { crc32 } from 'node:zlib'
import { fieldValue } from './http-head.ts'
import type { ResponseMessage } from './http-message.ts'
import { SeededRandom } from './seeded-random.ts'

const MEGABYTE = 1_048_576

/** What a backend does. The second list may cost the client its answer, the first must not. */
const HARMLESS = ['plain', 'slow', 'interim', 'early', 'last', 'quits'] as const

const HARMFUL = ['reset', 'cut by reset', 'cut by FIN'] as const

type Act = (typeof HARMLESS)[number] | (typeof HARMFUL)[number]

export interface Plan {
  readonly id: string
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST'
  readonly body: Buffer
  readonly isChunked: boolean
  readonly act: Act
  readonly answer: Buffer
  readonly answerFraming: 'length' | 'chunked' | 'until-close'
}

export const isHarmful = ({ act }: Plan): boolean => (HARMFUL as readonly Act[]).includes(act)

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

export class RandomRun {
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

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))

/** The body on the wire, in chunks of any size where there are chunks. */
export function wireBody(bytes: Buffer, isChunked: boolean, random: SeededRandom): Buffer {
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
