/** A browser's way into a web host, step by step: link, cookie and ticket, key, WebSocket. */
import { request } from 'node:http'
import { WebSocket } from 'ws'
import { CONTRACT_PATH, KEY_PATH } from '../../../preload/contract/web-door.ts'
import type { WebHost } from '../web-host.ts'

export interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

export interface AskOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Credentials {
  readonly cookie: string
  readonly key: string
}

/** Not `fetch`: it normalises paths and refuses to send Host and Sec-Fetch fields. */
export function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const where = { host: '127.0.0.1', port, path, method, headers, agent: false }
    const asking = request(where, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      )
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

export function pathOfLink(url: string): string {
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}

export interface Entered {
  readonly cookie: string
  readonly ticket: string
}

/** Follows a link as far as the redirect. */
export async function enter(host: WebHost, present?: string): Promise<Entered> {
  const headers: Record<string, string> = present === undefined ? {} : { cookie: present }
  const answer = await ask(host.port, pathOfLink(host.mintUrl()), { headers })
  const cookie = answer.headers['set-cookie']![0]!.split(';')[0]!
  return { cookie, ticket: String(answer.headers.location).replace('/#ticket=', '') }
}

export function askKey(port: number, { cookie, ticket }: Entered): Promise<Answer> {
  return ask(port, KEY_PATH, {
    method: 'POST',
    headers: { cookie },
    body: JSON.stringify({ ticket })
  })
}

export async function admitted(host: WebHost): Promise<Credentials> {
  const entered = await enter(host)
  const { body } = await askKey(host.port, entered)
  return { cookie: entered.cookie, key: (JSON.parse(body) as { key: string }).key }
}

/** A socket as a page of the host's own origin opens it, unless the fields say otherwise. */
export function openSocket(
  port: number,
  headers: Readonly<Record<string, string>>,
  path = CONTRACT_PATH
): WebSocket {
  const authority = `127.0.0.1:${port}`
  const socket = new WebSocket(`ws://${authority}${path}`, {
    headers: { origin: `http://${authority}`, ...headers }
  })
  // Unlike a browser's, it throws what nobody listens to; 'close' follows every error.
  socket.on('error', () => {})
  return socket
}

/** How a handshake ended: 101, or the status of the refusal. */
export function handshake(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve(101))
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
  })
}

/** The code and the reason with which the host closed. */
export function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
}
