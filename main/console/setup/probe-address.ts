/** Asks an address once, the way a health check would, and says what came of it. */
import { request as requestPlain, type ClientRequest } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { TypedAddress } from './typed-address.ts'

export const PROBE_LIMIT_MS = 3_000

export type ProbeAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly tookMs: number }
  | { readonly kind: 'failed'; readonly sentence: string }

/** Never rejects but for the abort of `signal`, with its reason. */
export async function probeAddress(
  target: TypedAddress,
  clock: Clock,
  signal: AbortSignal
): Promise<ProbeAnswer> {
  signal.throwIfAborted()
  const startedAtMs = clock.now()
  const request = requestTo(target)
  const abort = (): void => void request.destroy()
  signal.addEventListener('abort', abort, { once: true })
  const limit = clock.setTimeout(() => request.destroy(new Late()), PROBE_LIMIT_MS)
  try {
    const status = await statusOf(request)
    return { kind: 'answered', status, tookMs: clock.now() - startedAtMs }
  } catch (error) {
    signal.throwIfAborted()
    return { kind: 'failed', sentence: sentenceOf(error) }
  } finally {
    limit.cancel()
    signal.removeEventListener('abort', abort)
    request.destroy()
  }
}

/** "200 in 12 ms", "refused". */
export function answerSentence(answer: ProbeAnswer): string {
  if (answer.kind === 'failed') return answer.sentence
  return `${answer.status} in ${Math.max(1, Math.round(answer.tookMs))} ms`
}

class Late extends Error {
  readonly code = 'LATE'
}

function requestTo({ host, port, path, isTls }: TypedAddress): ClientRequest {
  // One connection of its own: a kept one would answer for an address that is dead by now.
  const options = { host, port, path, agent: false as const, headers: { connection: 'close' } }
  return isTls ? requestTls(options) : requestPlain(options)
}

function statusOf(request: ClientRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    request.on('response', (response) => {
      response.on('error', () => {})
      resolve(response.statusCode ?? 0)
    })
    // Also after the answer: the connection may still fail while it is thrown away.
    request.on('error', reject)
    request.on('close', () => reject(new Error('The connection was closed without an answer.')))
    request.end()
  })
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'name does not resolve',
  EAI_AGAIN: 'name does not resolve',
  LATE: `no answer within ${PROBE_LIMIT_MS / 1000} s`,
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'host is unreachable',
  ENETUNREACH: 'network is unreachable',
  ECONNRESET: 'closed without an answer',
  EPIPE: 'closed without an answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS: self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS: certificate of an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS: certificate of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS: certificate of an unknown authority',
  CERT_HAS_EXPIRED: 'TLS: certificate has expired',
  CERT_NOT_YET_VALID: 'TLS: certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS: certificate is for another name',
  EPROTO: 'TLS: it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'TLS: it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'TLS: it does not speak TLS'
}

function sentenceOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const code = first instanceof Error && 'code' in first ? String(first.code) : ''
  const known = SENTENCES[code]
  if (known !== undefined) return known
  if (code.startsWith('HPE_')) return 'answers, but not with HTTP'
  if (code.startsWith('ERR_SSL_')) return 'TLS: handshake failed'
  return first instanceof Error ? first.message : String(first)
}
