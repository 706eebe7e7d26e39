/**
 * What the page and the web host agree on before the contract begins: how a browser that came
 * through a one-time link gets its key, and how the key travels.
 *
 * The link is exchanged for a cookie, which admits to the page's files, and for a ticket in the
 * fragment of the address. The page takes the ticket out of the address at once and exchanges it
 * for the key, which it keeps in `sessionStorage` and sends with every frame. The ticket is good
 * once and only together with the cookie, so neither of them opens anything alone.
 */
import { z } from 'zod'

/** Where the WebSocket is. */
export const CONTRACT_PATH = '/contract'

/** POST of a `keyRequestSchema`, answered by a `keyAnswerSchema`. */
export const KEY_PATH = '/key'

/** `#ticket=…` in the address to which the link leads. */
export const TICKET_PARAMETER = 'ticket'

const secret = z.string().max(64)

export const keyRequestSchema = z.strictObject({ ticket: secret })
export const keyAnswerSchema = z.strictObject({ key: secret })

/** A text message from the page: the key and one frame of the contract. */
export const keyedFrameSchema = z.strictObject({ key: secret, frame: z.unknown() })

/** Close codes of the WebSocket beyond those of RFC 6455: 4000 + n is ours. */
export const CLOSE_CODES = { ordinary: 4000, refused: 4403 } as const
