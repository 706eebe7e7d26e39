/**
 * Who may load the console page: a one-time link is exchanged for a session. Both are random
 * and kept as hashes only, so neither a lookup's timing nor a memory dump gives one away.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../proxy-core/time/clock.ts'

export const LINK_LIFETIME_MS = 10 * 60_000

/** Links and sessions kept; the oldest gives way. */
const MAX_LINKS = 16
const MAX_SESSIONS = 64

const SECRET_BYTES = 32

export type RandomBytes = (size: number) => Buffer

export class Admission {
  readonly #clock: Clock
  readonly #randomBytes: RandomBytes
  /** Hash of a link to the time at which it ends, on the monotonic clock. */
  readonly #links = new Map<string, number>()
  readonly #sessions = new Set<string>()

  constructor(clock: Clock, randomBytes: RandomBytes) {
    this.#clock = clock
    this.#randomBytes = randomBytes
  }

  /** A new secret for a link, good once and for `LINK_LIFETIME_MS`. */
  mintLink(): string {
    const secret = this.#secret()
    dropOldest(this.#links, MAX_LINKS)
    this.#links.set(hash(secret), this.#clock.now() + LINK_LIFETIME_MS)
    return secret
  }

  /** The new session for a link, or null when it is unknown, used or too old. */
  redeem(link: string): string | null {
    const key = hash(link)
    const endsAt = this.#links.get(key)
    this.#links.delete(key)
    if (endsAt === undefined || this.#clock.now() >= endsAt) return null
    const session = this.#secret()
    dropOldest(this.#sessions, MAX_SESSIONS)
    this.#sessions.add(hash(session))
    return session
  }

  admits(session: string): boolean {
    return this.#sessions.has(hash(session))
  }

  #secret(): string {
    return this.#randomBytes(SECRET_BYTES).toString('base64url')
  }
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Makes room for one more. */
function dropOldest(kept: Map<string, number> | Set<string>, limit: number): void {
  while (kept.size >= limit) {
    const oldest = kept.keys().next()
    if (oldest.done === true) return
    kept.delete(oldest.value)
  }
}
