/**
 * The web host: serves the console page to a browser on this machine. It listens on loopback
 * only, and the page's files are all that a session admits to; see `request-gate.ts` and
 * `admission.ts` for who gets that far.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HELLO_PATH } from '../../preload/contract/bridge.ts'
import type { Hello } from '../../preload/contract/hello.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { systemClock, type Clock } from '../../proxy-core/time/clock.ts'
import type { PageFiles } from '../page/page-files.ts'
import { fileHeaders, HTTP_ONLY_HEADERS, SHARED_HEADERS } from '../page/page-headers.ts'
import { Admission } from './admission.ts'
import { ownAuthorities, refusalOf } from './request-gate.ts'

export interface WebHostOptions {
  readonly files: PageFiles
  readonly hello: Hello
  /** 0 lets the system choose a free one. */
  readonly port: number
  readonly clock?: Clock
}

export interface WebHost {
  readonly port: number
  /** A new address that admits one browser, good once and for ten minutes. */
  mintUrl(): string
  /** Ends every connection; resolves when the port is free. */
  close(): Promise<void>
}

const LOOPBACK = '127.0.0.1'
const ENTER_PATH = '/enter'

/** One browser needs a handful of connections; a runaway client must not exhaust descriptors. */
const MAX_CONNECTIONS = 64
const SERVER_LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000
} as const

/** @throws SwitchyardError PORT_IN_USE, PORT_NOT_PERMITTED or LISTEN_FAILED. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const admission = new Admission(options.clock ?? systemClock, randomBytes)
  const server = createServer(SERVER_LIMITS)
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const authorities = ownAuthorities(port)
  const door: Door = { admission, cookieName: `switchyard_${port}` }

  server.on('request', (request, response) => {
    const refusal = refusalOf(factsOf(request), authorities)
    if (refusal !== null) answerText(response, refusal.status, refusal.reason)
    else if (pathOf(request) === ENTER_PATH) enter(request, response, door)
    else if (!isAdmitted(request, door)) answerText(response, 401, NOT_ADMITTED)
    else answerPage(request, response, options)
  })
  return {
    port,
    mintUrl: () => `http://${LOOPBACK}:${port}${ENTER_PATH}?link=${admission.mintLink()}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    }
  }
}

interface Door {
  readonly admission: Admission
  /** Cookies ignore ports, so two consoles on one machine need two names. */
  readonly cookieName: string
}

const NOT_ADMITTED = 'Open the link that the console printed when it started.'
const LINK_SPENT =
  'This link was already used or is older than 10 minutes. Start the console again for a new one.'

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, LOOPBACK)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, port)
  }
}

function listenError(error: unknown, port: number): SwitchyardError {
  const errno = (error as NodeJS.ErrnoException).code
  const place = `${LOOPBACK}:${port}`
  if (errno === 'EADDRINUSE') {
    const message = `The console cannot listen on ${place}: another process does.`
    return new SwitchyardError('PORT_IN_USE', message, { port }, { cause: error })
  }
  if (errno === 'EACCES') {
    const message = `The console may not listen on ${place} as this user.`
    return new SwitchyardError('PORT_NOT_PERMITTED', message, { port }, { cause: error })
  }
  const message = `The console cannot listen on ${place}: ${errno ?? String(error)}.`
  return new SwitchyardError('LISTEN_FAILED', message, { port }, { cause: error })
}

function factsOf(request: IncomingMessage): Parameters<typeof refusalOf>[0] {
  return {
    method: request.method ?? '',
    hosts: request.headersDistinct['host'] ?? [],
    origin: request.headers.origin,
    fetchSite: header(request, 'sec-fetch-site')
  }
}

/** The path as sent: it is only ever compared, never decoded or resolved. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}

/**
 * A preview must not spend the link: browsers prefetch what is typed, chat programs look at
 * links with HEAD.
 */
function enter(request: IncomingMessage, response: ServerResponse, door: Door): void {
  const isPreview = request.method !== 'GET' || header(request, 'sec-purpose') !== undefined
  if (isPreview) {
    answerText(response, 403, 'This link is good once, so it gives no preview.')
    return
  }
  const link = new URLSearchParams((request.url ?? '').split('?')[1]).get('link') ?? ''
  const session = door.admission.redeem(link)
  if (session === null) {
    answerText(response, 401, LINK_SPENT)
    return
  }
  response.writeHead(303, {
    ...SHARED_HEADERS,
    ...HTTP_ONLY_HEADERS,
    'set-cookie': `${door.cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    'cache-control': 'no-store',
    location: '/'
  })
  response.end()
}

function isAdmitted(request: IncomingMessage, door: Door): boolean {
  return (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${door.cookieName}=`))
    .some((pair) => door.admission.admits(pair.slice(door.cookieName.length + 1)))
}

function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  { files, hello }: WebHostOptions
): void {
  const path = pathOf(request)
  if (path === HELLO_PATH) {
    answer(response, 200, JSON.stringify(hello), {
      ...SHARED_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store'
    })
    return
  }
  const file = files.get(path)
  if (file === undefined) answerText(response, 404, 'The console has no such page.')
  else answer(response, 200, file.body, fileHeaders(file))
}

function answerText(response: ServerResponse, status: number, sentence: string): void {
  answer(response, status, `${sentence}\n`, {
    ...SHARED_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {})
  })
}

/** Node leaves the body out for HEAD by itself and keeps the length. */
function answer(
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

function header(request: IncomingMessage, name: string): string | undefined {
  return request.headersDistinct[name]?.join(', ')
}
