/**
 * Who may speak to the console, in three steps: a one-time link becomes a session (a cookie) and
 * a ticket; the session with its ticket becomes a key, once; the session with its key opens the
 * contract. All of them are random and kept as hashes only, so neither a lookup's timing nor a
 * memory dump gives one away.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../proxy-core/time/clock.ts'

export const LINK_LIFETIME_MS = 10 * 60_000

/** From the redirect to the page's own request: seconds, on a slow machine. */
export const TICKET_LIFETIME_MS = 60_000

/** What is kept; the oldest gives way. */
const MAX_LINKS = 16
const MAX_SESSIONS = 64
const MAX_TICKETS_OF_SESSION = 4
const MAX_KEYS_OF_SESSION = 32

const SECRET_BYTES = 32

export type RandomBytes = (size: number) => Buffer

export interface Entry {
  /** For the cookie. */
  readonly session: string
  /** For the fragment of the address; good once, together with the session. */
  readonly ticket: string
}

/** One browser. Each link that it enters by gives another tab a key of its own. */
interface Session {
  /** Hash of a ticket to the time at which it ends. */
  readonly tickets: Map<string, number>
  /** Hashes, oldest first. */
  readonly keys: Set<string>
}

export class Admission {
  readonly #clock: Clock
  readonly #randomBytes: RandomBytes
  /** Hash of a link to the time at which it ends, on the monotonic clock. */
  readonly #links = new Map<string, number>()
  /** By the hash of the cookie's value. */
  readonly #sessions = new Map<string, Session>()

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

  /**
   * A ticket for a link, or null when the link is unknown, used or too old. `present` is the
   * session that the browser has already: it is kept, so that its other tabs keep theirs.
   */
  redeem(link: string, present: string | null = null): Entry | null {
    const id = hash(link)
    const endsAtMs = this.#links.get(id)
    this.#links.delete(id)
    if (endsAtMs === undefined || this.#clock.now() >= endsAtMs) return null
    const isKnown = present !== null && this.admits(present)
    const session = isKnown ? present : this.#newSession()
    const ticket = this.#secret()
    const { tickets } = this.#sessions.get(hash(session))!
    dropOldest(tickets, MAX_TICKETS_OF_SESSION)
    tickets.set(hash(ticket), this.#clock.now() + TICKET_LIFETIME_MS)
    return { session, ticket }
  }

  admits(session: string): boolean {
    return this.#sessions.has(hash(session))
  }

  /** A new key of a session, or null when the ticket is another's, used or too old. */
  takeKey(session: string, ticket: string): string | null {
    const known = this.#sessions.get(hash(session))
    const id = hash(ticket)
    const endsAtMs = known?.tickets.get(id)
    known?.tickets.delete(id)
    if (known === undefined || endsAtMs === undefined || this.#clock.now() >= endsAtMs) return null
    const key = this.#secret()
    dropOldest(known.keys, MAX_KEYS_OF_SESSION)
    known.keys.add(hash(key))
    return key
  }

  isKeyOf(session: string, key: string): boolean {
    return this.#sessions.get(hash(session))?.keys.has(hash(key)) ?? false
  }

  #newSession(): string {
    const session = this.#secret()
    dropOldest(this.#sessions, MAX_SESSIONS)
    this.#sessions.set(hash(session), { tickets: new Map(), keys: new Set() })
    return session
  }

  #secret(): string {
    return this.#randomBytes(SECRET_BYTES).toString('base64url')
  }
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Makes room for one more. */
function dropOldest(kept: Map<string, unknown> | Set<string>, limit: number): void {
  while (kept.size >= limit) {
    const oldest = kept.keys().next()
    if (oldest.done === true) return
    kept.delete(oldest.value)
  }
}
