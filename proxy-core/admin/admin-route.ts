/** What an admin resource is: one file in `handlers/`, and one line in `routes.ts`. */
import type { z } from 'zod'
import type { EngineCommands, EngineView } from '../engine/engine-view.ts'
import type { ProcessFacts } from '../metrics/process-facts.ts'
import type { Clock } from '../time/clock.ts'

export type AdminMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * `public`: no token and no check of the Host field, for probes of orchestrators.
 * `metrics`: the token unless `admin.metrics` is `open`. `token`: always the token.
 */
export type AdminAccess = 'public' | 'metrics' | 'token'

export interface AdminRequest {
  readonly view: EngineView
  readonly commands: EngineCommands
  readonly clock: Clock
  readonly readProcess: () => Promise<ProcessFacts>
  /** The decoded value of each `{name}` in the path. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Rejects with ADMIN_REQUEST_INVALID or ADMIN_BODY_TOO_LARGE. */
  readBody<T>(schema: z.ZodType<T>): Promise<T>
}

export interface AdminAnswer {
  readonly status: number
  readonly contentType: string
  /** In pieces where it may be long: traffic runs between two of them. */
  readonly body: string | Iterable<string>
}

export type AdminHandler = (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>

export interface AdminRoute {
  /** `/api/v1/pools/{pool}`: a name in braces takes one segment. */
  readonly path: string
  readonly access: AdminAccess
  /** HEAD is answered wherever GET is. */
  readonly methods: Readonly<Partial<Record<AdminMethod, AdminHandler>>>
}

export function jsonAnswer(document: unknown, status = 200): AdminAnswer {
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    body: `${JSON.stringify(document)}\n`
  }
}

export function wordAnswer(word: string, status: number): AdminAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${word}\n` }
}
