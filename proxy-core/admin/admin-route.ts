/**
 * What an admin resource is: one file in `handlers/`, and one line in `routes.ts`. Each of its
 * operations carries its description, which checks the query and becomes the OpenAPI document.
 */
import type { z } from 'zod'
import type { EngineCommands, EngineView } from '../engine/engine-view.ts'
import type { ProcessFacts } from '../metrics/process-facts.ts'
import type { ErrorCode } from '../model/error-catalogue.ts'
import type { Clock } from '../time/clock.ts'

export type AdminMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * `public`: no token and no check of the Host field, for probes of orchestrators.
 * `metrics`: the token unless `admin.metrics` is `open`. `failover`: the token unless `admin.auth`
 * is `none`, which an address outside loopback cannot have. `token`: always the token.
 */
export type AdminAccess = 'public' | 'metrics' | 'failover' | 'token'

export interface AdminRequest {
  readonly view: EngineView
  readonly commands: EngineCommands
  readonly clock: Clock
  readonly readProcess: () => Promise<ProcessFacts>
  /** A change is answered after it: then a restart would remember it. Never rejects. */
  readonly keepOverlay: () => Promise<void>
  /** The decoded value of each `{name}` in the path. */
  readonly params: Readonly<Record<string, string>>
  readonly search: URLSearchParams
  /** As sent; a HEAD request has none, because an answer without a body cannot be a stream. */
  readonly accept: string
  /** `Last-Event-ID`, as sent. */
  readonly lastEventId: string | null
  /** Rejects with ADMIN_REQUEST_INVALID or ADMIN_BODY_TOO_LARGE. */
  readBody<T>(schema: z.ZodType<T>): Promise<T>
}

export interface PageAnswer {
  readonly status: number
  readonly contentType: string
  /** In pieces where it may be long: traffic runs between two of them. */
  readonly body: string | Iterable<string>
}

/** An answer that ends with its client: every event with a greater number, as it happens. */
export interface EventStreamAnswer {
  readonly eventsSince: number
}

export type AdminAnswer = PageAnswer | EventStreamAnswer

export type AdminHandler = (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>

export interface AnswerDescription {
  /** A sentence. */
  readonly meaning: string
  /** Of a JSON body; without one the body is text. */
  readonly schema?: z.ZodType
  /** Default: JSON with a schema, else plain text. */
  readonly contentType?: string
}

export interface OperationDescription {
  /** Unique: generated clients name their functions after it. */
  readonly id: string
  /** A sentence without its full stop. */
  readonly summary: string
  readonly details?: string
  /** What each `{name}` in the path stands for. */
  readonly params?: Readonly<Record<string, string>>
  /** Of the query, each member with a `description`; null: the query is not looked at. */
  readonly query: z.ZodObject | null
  readonly body?: z.ZodType
  readonly answers: Readonly<Record<number, AnswerDescription | readonly AnswerDescription[]>>
  /** Beside those of the access itself: `errorsOfAccess` in `openapi.ts`. */
  readonly errors: readonly ErrorCode[]
}

export interface AdminOperation {
  readonly description: OperationDescription
  readonly handle: AdminHandler
}

export interface AdminRoute {
  /** `/api/v1/pools/{pool}`: a name in braces takes one segment. */
  readonly path: string
  readonly access: AdminAccess
  /** HEAD is answered wherever GET is. */
  readonly methods: Readonly<Partial<Record<AdminMethod, AdminOperation>>>
}

export function jsonAnswer(document: unknown, status = 200): PageAnswer {
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    body: `${JSON.stringify(document)}\n`
  }
}

export function wordAnswer(word: string, status: number): PageAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${word}\n` }
}
