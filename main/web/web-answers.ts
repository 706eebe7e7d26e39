/** How the web host answers over HTTP: always with the policy, never with more than was asked. */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { HTTP_ONLY_HEADERS, SHARED_HEADERS } from '../page/page-headers.ts'

/** A sentence for a person. `allow` belongs to 405. */
export function answerText(
  response: ServerResponse,
  status: number,
  sentence: string,
  allow: readonly string[] = []
): void {
  answer(response, status, `${sentence}\n`, {
    ...SHARED_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: allow.join(', ') } : {})
  })
}

export function answerJson(response: ServerResponse, value: unknown): void {
  answer(response, 200, JSON.stringify(value), {
    ...SHARED_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store'
  })
}

/** Node leaves the body out for HEAD by itself and keeps the length. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>
): void {
  response.writeHead(status, {
    ...headers,
    ...HTTP_ONLY_HEADERS,
    'content-length': Buffer.byteLength(body)
  })
  response.end(body)
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable'
}

/** Answers a handshake that does not become a WebSocket, and closes. */
export function refuseUpgrade(socket: Duplex, status: 403 | 404 | 503, sentence: string): void {
  const body = `${sentence}\n`
  const fields = [
    `HTTP/1.1 ${status} ${STATUS_WORDS[status]}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries({ ...SHARED_HEADERS, ...HTTP_ONLY_HEADERS }).map(
      ([name, value]) => `${name}: ${value}`
    )
  ]
  // A peer that is already gone cannot be told, and needs no answer.
  socket.on('error', () => {})
  socket.end(`${fields.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
