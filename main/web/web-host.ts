/**
 * The web host: serves the console page and the contract to a browser on this machine. It listens
 * on loopback only; see `request-gate.ts`, `admission.ts` and `contract-socket.ts` for who gets
 * how far.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HELLO_PATH } from '../../preload/contract/bridge.ts'
import type { Channel } from '../../preload/contract/channel.ts'
import type { Hello } from '../../preload/contract/hello.ts'
import { KEY_PATH } from '../../preload/contract/web-door.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'
import type { PageFiles } from '../page/page-files.ts'
import { fileHeaders } from '../page/page-headers.ts'
import { Admission } from './admission.ts'
import { ContractSocket } from './contract-socket.ts'
import { DoorKeeper, NOT_ADMITTED, pathOf } from './door-keeper.ts'
import { ENTER_PATH, LinkDoor, MINT_PATH } from './link-door.ts'
import { RefusalLog } from './refusal-log.ts'
import { READING_METHODS } from './request-gate.ts'
import { answer, answerJson, answerText } from './web-answers.ts'

export interface WebHostOptions {
  readonly files: PageFiles
  readonly hello: Hello
  /** 0 lets the system choose a free one. */
  readonly port: number
  readonly clock: Clock
  /** Bearer token with which `switchyard console --url` asks for another link. */
  readonly mintKey: string
  /** Serves the contract on the channel of a page that has the key. */
  readonly serve: (channel: Channel) => void
  /** Takes a line for every refused request, at a bounded rate. */
  readonly log: (line: string) => void
}

export interface WebHost {
  readonly port: number
  /** A new address that admits one browser, good once and for ten minutes. */
  mintUrl(): string
  /** Ends every connection, telling the pages why; resolves when the port is free. */
  close(reason: string): Promise<void>
}

const LOOPBACK = '127.0.0.1'

/** Some tabs need a handful of connections each; a runaway client must not exhaust descriptors. */
const MAX_CONNECTIONS = 128
const SERVER_LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000
} as const

/** @throws SwitchyardError PORT_IN_USE, PORT_NOT_PERMITTED or LISTEN_FAILED. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { clock, log, serve } = options
  const server = createServer(SERVER_LIMITS)
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const admission = new Admission(clock, randomBytes)
  const refusals = new RefusalLog(clock, log)
  const keeper = new DoorKeeper({ port, admission, refusals })
  const mintUrl = (): string =>
    `http://${LOOPBACK}:${port}${ENTER_PATH}?link=${admission.mintLink()}`
  const door = new LinkDoor({ keeper, mintKey: options.mintKey, mintUrl })
  server.on('request', (request, response) => {
    void route(request, response, { keeper, door, options })
  })
  const contract = new ContractSocket({ clock, keeper, serve })
  contract.listen(server)
  return {
    port,
    mintUrl,
    async close(reason) {
      const closed = once(server, 'close')
      server.close()
      contract.close(reason)
      server.closeAllConnections()
      await closed
      refusals.close()
    }
  }
}

interface Surroundings {
  readonly keeper: DoorKeeper
  readonly door: LinkDoor
  readonly options: WebHostOptions
}

const WRITING_PATHS: ReadonlySet<string> = new Set([KEY_PATH, MINT_PATH])

/** Never rejects: what a door does with a request ends in an answer. */
async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { keeper, door, options }: Surroundings
): Promise<void> {
  const path = pathOf(request)
  const methods = WRITING_PATHS.has(path) ? ['POST'] : READING_METHODS
  const refusal = keeper.judge(request, methods)
  if (refusal !== null) return answerText(response, refusal.status, refusal.reason, methods)
  if (path === ENTER_PATH) return door.enter(request, response)
  if (path === MINT_PATH) return door.mint(request, response)
  if (path === KEY_PATH) return door.giveKey(request, response)
  if (keeper.sessionOf(request) !== null) return answerPage(path, response, options)
  keeper.note(request, 403, NOT_ADMITTED)
  answerText(response, 403, NOT_ADMITTED)
}

function answerPage(
  path: string,
  response: ServerResponse,
  { files, hello }: Pick<WebHostOptions, 'files' | 'hello'>
): void {
  if (path === HELLO_PATH) return answerJson(response, hello)
  const file = files.get(path)
  if (file === undefined) answerText(response, 404, 'The console has no such page.')
  else answer(response, 200, file.body, fileHeaders(file))
}

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
