/** Requests that say themselves what must arrive: the body follows from key and number. */
import { createHash } from 'node:crypto'
import { SeededRandom } from '../servers/seeded-random.ts'

const MAX_BODY_BYTES = 20_000
/** Now and then one that needs several writes. */
const LARGE_BODY_BYTES = 300_000
const LARGE_SHARE = 0.02

export interface NumberedRequest {
  readonly key: string
  readonly number: number
}

export function targetOf({ key, number }: NumberedRequest): string {
  return `/case/${key}/${number}`
}

/** null: no request of ours. */
export function requestAt(target: string): NumberedRequest | null {
  const parts = /^\/case\/([a-z]\d*)\/(\d+)$/.exec(target)
  return parts === null ? null : { key: parts[1]!, number: Number(parts[2]) }
}

export function bodyOf(request: NumberedRequest): Buffer {
  const seed = createHash('sha256').update(targetOf(request)).digest()
  const random = new SeededRandom(seed.readUInt32LE(0))
  const limit = random.chance(LARGE_SHARE) ? LARGE_BODY_BYTES : MAX_BODY_BYTES
  const length = random.below(limit)
  const body = Buffer.alloc(length)
  for (let at = 0; at < length; at += 4) body.writeUInt8(random.below(256), at)
  return body
}
