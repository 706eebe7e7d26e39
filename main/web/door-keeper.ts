/** Judges every request to the web host and writes down those that it refuses. */
import type { IncomingMessage } from 'node:http'
import type { Admission } from './admission.ts'
import type { RefusalLog } from './refusal-log.ts'
import { ownAuthorities, READING_METHODS, refusalOf, type Refusal } from './request-gate.ts'

export const NOT_ADMITTED =
  'Open the link that the console printed when it started; `switchyard console --url` prints a new one.'

export type UpgradeVerdict =
  | { readonly isAdmitted: true; readonly session: string }
  | { readonly isAdmitted: false; readonly status: 403 | 404; readonly reason: string }

export interface DoorKeeperParts {
  readonly port: number
  readonly admission: Admission
  readonly refusals: RefusalLog
}

export class DoorKeeper {
  readonly admission: Admission
  /** Cookies ignore ports, so two consoles on one machine need two names. */
  readonly cookieName: string
  readonly #authorities: ReadonlySet<string>
  readonly #refusals: RefusalLog

  constructor({ port, admission, refusals }: DoorKeeperParts) {
    this.admission = admission
    this.cookieName = `switchyard_${port}`
    this.#authorities = ownAuthorities(port)
    this.#refusals = refusals
  }

  /** Why a request must not go on, or null; noted when it must not. */
  judge(request: IncomingMessage, methods: readonly string[]): Refusal | null {
    const refusal = refusalOf(factsOf(request), this.#authorities, methods)
    if (refusal !== null) this.note(request, refusal.status, refusal.reason)
    return refusal
  }

  judgeUpgrade(request: IncomingMessage, path: string): UpgradeVerdict {
    const refusal = this.judge(request, READING_METHODS)
    if (refusal !== null) return this.#refused(403, refusal.reason)
    // Every browser names the origin of a WebSocket; without one it is no page of ours.
    if (request.headers.origin === undefined) {
      return this.#noted(request, 'The handshake names no origin.')
    }
    const session = this.sessionOf(request)
    if (session === null) return this.#noted(request, NOT_ADMITTED)
    if (pathOf(request) !== path) return this.#refused(404, 'The console has no such socket.')
    return { isAdmitted: true, session }
  }

  /** The session whose cookie came with the request, or null. */
  sessionOf(request: IncomingMessage): string | null {
    const prefix = `${this.cookieName}=`
    const sessions = (request.headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(prefix))
      .map((pair) => pair.slice(prefix.length))
    return sessions.find((session) => this.admission.admits(session)) ?? null
  }

  note(request: IncomingMessage, status: number, reason: string): void {
    this.#refusals.note({
      method: request.method ?? '',
      path: pathOf(request),
      status,
      reason,
      host: request.headers.host,
      origin: request.headers.origin
    })
  }

  noteWrongKey(request: IncomingMessage): void {
    this.note(request, 403, 'A message on the socket came without the key of its session.')
  }

  #noted(request: IncomingMessage, reason: string): UpgradeVerdict {
    this.note(request, 403, reason)
    return this.#refused(403, reason)
  }

  #refused(status: 403 | 404, reason: string): UpgradeVerdict {
    return { isAdmitted: false, status, reason }
  }
}

/** The path as sent: it is only ever compared, never decoded or resolved. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}

export function header(request: IncomingMessage, name: string): string | undefined {
  return request.headersDistinct[name]?.join(', ')
}

function factsOf(request: IncomingMessage): Parameters<typeof refusalOf>[0] {
  return {
    method: request.method ?? '',
    hosts: request.headersDistinct['host'] ?? [],
    origin: request.headers.origin,
    fetchSite: header(request, 'sec-fetch-site')
  }
}
