/**
 * The three addresses at which secrets are exchanged: `/enter` (link for cookie and ticket),
 * `/key` (ticket for key) and `/mint` (the operator's own key for another link).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { keyRequestSchema, TICKET_PARAMETER } from '../../preload/contract/web-door.ts'
import { HTTP_ONLY_HEADERS, SHARED_HEADERS } from '../page/page-headers.ts'
import { header, NOT_ADMITTED, type DoorKeeper } from './door-keeper.ts'
import { isSameSecret } from './same-secret.ts'
import { answerJson, answerText } from './web-answers.ts'

export const ENTER_PATH = '/enter'
export const MINT_PATH = '/mint'

const LINK_SPENT =
  'This link was already used or is older than 10 minutes; `switchyard console --url` prints a new one.'
const KEY_SPENT =
  'The key of this link was already given out; `switchyard console --url` prints a new link.'
const MINT_REFUSED = 'Another link is given to the holder of the key in the state folder only.'

/** A ticket in JSON has 57 octets. */
const MAX_BODY_BYTES = 1024

export interface LinkDoorParts {
  readonly keeper: DoorKeeper
  /** What `/mint` asks for as a bearer token. */
  readonly mintKey: string
  readonly mintUrl: () => string
}

export class LinkDoor {
  readonly #parts: LinkDoorParts

  constructor(parts: LinkDoorParts) {
    this.#parts = parts
  }

  /**
   * A preview must not spend the link: browsers prefetch what is typed, chat programs look at
   * links with HEAD.
   */
  enter(request: IncomingMessage, response: ServerResponse): void {
    const isPreview = request.method !== 'GET' || header(request, 'sec-purpose') !== undefined
    if (isPreview) return this.#refuse(request, response, 'This link is good once: no preview.')
    const { keeper } = this.#parts
    const link = new URLSearchParams((request.url ?? '').split('?')[1]).get('link') ?? ''
    const entry = keeper.admission.redeem(link, keeper.sessionOf(request))
    if (entry === null) return this.#refuse(request, response, LINK_SPENT)
    response.writeHead(303, {
      ...SHARED_HEADERS,
      ...HTTP_ONLY_HEADERS,
      'set-cookie': `${keeper.cookieName}=${entry.session}; HttpOnly; SameSite=Strict; Path=/`,
      'cache-control': 'no-store',
      location: `/#${TICKET_PARAMETER}=${entry.ticket}`
    })
    response.end()
  }

  async giveKey(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { keeper } = this.#parts
    const session = keeper.sessionOf(request)
    if (session === null) return this.#refuse(request, response, NOT_ADMITTED)
    const wanted = keyRequestSchema.safeParse(await jsonBodyOf(request))
    const key = wanted.success ? keeper.admission.takeKey(session, wanted.data.ticket) : null
    if (key === null) return this.#refuse(request, response, KEY_SPENT)
    answerJson(response, { key })
  }

  mint(request: IncomingMessage, response: ServerResponse): void {
    const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? []
    if (!isSameSecret(token, this.#parts.mintKey)) {
      return this.#refuse(request, response, MINT_REFUSED)
    }
    answerJson(response, { url: this.#parts.mintUrl() })
  }

  #refuse(request: IncomingMessage, response: ServerResponse, reason: string): void {
    this.#parts.keeper.note(request, 403, reason)
    answerText(response, 403, reason)
  }
}

/** undefined for a body that is too long, cut off or no JSON. */
async function jsonBodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes > MAX_BODY_BYTES) return undefined
      parts.push(part)
    }
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
