/** Writes an answer with the headers that every admin answer carries. */
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PageAnswer } from './admin-route.ts'

export const COMMON_FIELDS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff'
} as const

/** Resolves when the answer is handed over or the client has left. Does nothing after a first answer. */
export async function sendAnswer(response: ServerResponse, answer: PageAnswer): Promise<void> {
  if (response.headersSent || response.destroyed) {
    // An answer that broke in the middle must not look complete.
    response.destroy()
    return
  }
  const fields = { ...COMMON_FIELDS, 'Content-Type': answer.contentType }
  if (typeof answer.body === 'string') {
    const length = Buffer.byteLength(answer.body)
    response.writeHead(answer.status, { ...fields, 'Content-Length': length }).end(answer.body)
    return
  }
  response.writeHead(answer.status, fields)
  for (const chunk of answer.body) {
    if (response.destroyed) return
    if (!response.write(chunk)) await roomOrEnd(response)
    // A page of a thousand backends takes milliseconds to write: traffic goes first.
    await nextTurn()
  }
  response.end()
}

function roomOrEnd(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle)
      response.off('close', settle)
      resolve()
    }
    response.on('drain', settle)
    response.on('close', settle)
  })
}
