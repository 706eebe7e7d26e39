/** Asks the admin API of a running instance; every way to fail is a sentence with a code. */
import { readFile } from 'node:fs/promises'
import type { Agent, request } from 'undici'
import { z } from 'zod'
import {
  ERROR_CATALOGUE,
  SwitchyardError,
  type ErrorCode
} from '../../proxy-core/model/error-catalogue.ts'
import type { AdminTarget } from './admin-target.ts'

/** It answers from memory, or after a small file is on the disk. */
const ANSWER_LIMIT_MS = 10_000
const CONNECT_LIMIT_MS = 5_000

/** Above every pool with its evidence, below what would hurt. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

const refusalSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() })
})

/** The part of undici that is in use here. It is loaded at the first need: `run` has none. */
interface HttpClient {
  readonly agent: Agent
  readonly request: typeof request
}

type Query = Readonly<Record<string, string | undefined>>

type Method = 'GET' | 'POST' | 'DELETE'

export class AdminClient {
  readonly target: AdminTarget
  readonly #http: HttpClient

  private constructor(target: AdminTarget, http: HttpClient) {
    this.target = target
    this.#http = http
  }

  /** Connects at the first request. Throws CERTIFICATE_INVALID. */
  static async open(target: AdminTarget): Promise<AdminClient> {
    const tls = target.certificateFile === null ? {} : await pinned(target.certificateFile)
    const undici = await import('undici')
    const agent = new undici.Agent({
      connect: { timeout: CONNECT_LIMIT_MS, ...tls },
      headersTimeout: ANSWER_LIMIT_MS,
      bodyTimeout: ANSWER_LIMIT_MS
    })
    return new AdminClient(target, { agent, request: undici.request })
  }

  /**
   * Rejects with what the other side refused with, or with ADMIN_UNREACHABLE,
   * ADMIN_TOKEN_REQUIRED or ADMIN_ANSWER_INVALID.
   */
  get<T>(path: string, query: Query, schema: z.ZodType<T>): Promise<T> {
    return this.#ask('GET', path, query, schema)
  }

  /** Rejects like `get`; with ADMIN_UNREACHABLE it may have been done. */
  post<T>(path: string, query: Query, schema: z.ZodType<T>): Promise<T> {
    return this.#ask('POST', path, query, schema)
  }

  /** Takes away what is there. Rejects like `post`. */
  remove<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#ask('DELETE', path, {}, schema)
  }

  close(): Promise<void> {
    return this.#http.agent.destroy()
  }

  async #ask<T>(method: Method, path: string, query: Query, schema: z.ZodType<T>): Promise<T> {
    const { status, text } = await this.#exchange(
      method,
      `${this.target.url}${path}${search(query)}`
    )
    const document = jsonOf(text)
    if (status !== 200) throw this.#refusal(status, document)
    const parsed = schema.safeParse(document)
    if (parsed.success) return parsed.data
    const field = parsed.error.issues[0]?.path.join('.') ?? ''
    throw this.#odd(`its answer to ${path} is another one than expected (${field || 'no JSON'})`)
  }

  async #exchange(
    method: Method,
    url: string
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { token } = this.target
    try {
      const { statusCode, body } = await this.#http.request(url, {
        method,
        dispatcher: this.#http.agent,
        headers: token === null ? {} : { authorization: `Bearer ${token}` }
      })
      return { status: statusCode, text: await readWhole(body) }
    } catch (error) {
      const message = `The admin API at ${this.target.url} does not answer: ${reasonOf(error)}.`
      throw new SwitchyardError('ADMIN_UNREACHABLE', message, {}, { cause: error })
    }
  }

  #refusal(status: number, document: unknown): SwitchyardError {
    const parsed = refusalSchema.safeParse(document)
    if (!parsed.success) return this.#odd(`it answers ${status}`)
    const { code, message } = parsed.data.error
    if (code === 'ADMIN_TOKEN_REQUIRED') return this.#notAdmitted()
    if (isKnown(code)) return new SwitchyardError(code, message)
    return this.#odd(`it refuses with ${code}: ${message}`)
  }

  #notAdmitted(): SwitchyardError {
    const { url, token, tokenSource } = this.target
    return new SwitchyardError(
      'ADMIN_TOKEN_REQUIRED',
      token === null
        ? `The admin API at ${url} wants a token, and none is known for this address; set ${tokenSource}.`
        : `The admin API at ${url} does not take the token from ${tokenSource}.`
    )
  }

  #odd(reason: string): SwitchyardError {
    return new SwitchyardError(
      'ADMIN_ANSWER_INVALID',
      `What answers at ${this.target.url} is not understood: ${reason.replace(/\.$/, '')}.`
    )
  }
}

/**
 * Nobody but the holder of this very certificate: the file is the operator's own, so neither the
 * name in it nor who signed it matters. Throws CERTIFICATE_INVALID.
 */
async function pinned(file: string): Promise<object> {
  try {
    return {
      ca: await readFile(file),
      allowPartialTrustChain: true,
      checkServerIdentity: () => undefined
    }
  } catch (error) {
    const message = `${file}, the certificate of the admin API, cannot be read: ${reasonOf(error)}.`
    throw new SwitchyardError('CERTIFICATE_INVALID', message, {}, { cause: error })
  }
}

async function readWhole(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) throw new Error('its answer has no end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function search(query: Query): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'ECONNREFUSED') return 'the connection is refused'
  return error.message.replace(/\.$/, '')
}
