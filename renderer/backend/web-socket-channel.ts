/** The browser's end of the WebSocket: every message carries the key beside its frame. */
import { HELLO_PATH } from '../../preload/contract/bridge.ts'
import type { Channel } from '../../preload/contract/channel.ts'
import { closeReason } from '../../preload/contract/close-reason.ts'
import { FrameInbox } from '../../preload/contract/frame-inbox.ts'
import { isTooLong, TOO_LONG_REASON } from '../../preload/contract/frame-limit.ts'
import { CLOSE_CODES } from '../../preload/contract/web-door.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

/** RFC 6455, 7.4.1: the message was too big. */
const MESSAGE_TOO_BIG = 1009
/** RFC 9110, 15.5.4. */
const FORBIDDEN = 403
/** RFC 6455, 7.4.1: no close frame came. */
const ABNORMAL = 1006

/** Resolves when the socket is open. Rejects with CONNECTION_LOST when it cannot be opened. */
export function webSocketChannel(socket: WebSocket, key: string): Promise<Channel> {
  const inbox = new FrameInbox()
  const channel: Channel = {
    send(frame) {
      if (inbox.isClosed) return
      const text = JSON.stringify({ key, frame })
      if (isTooLong(text)) channel.close(TOO_LONG_REASON)
      else socket.send(text)
    },
    onFrame: (listener) => inbox.onFrame(listener),
    onClose: (listener) => inbox.onClose(listener),
    close(reason) {
      if (inbox.isClosed) return
      inbox.close(reason)
      socket.close(CLOSE_CODES.ordinary)
    }
  }
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(channel))
    socket.addEventListener('message', ({ data }) => receive(channel, inbox, data))
    socket.addEventListener('close', ({ code, reason }) => {
      const why = reasonOf(code, reason)
      inbox.close(why)
      // After the opening this changes nothing: a promise settles once.
      reject(new SwitchyardError('CONNECTION_LOST', why))
    })
  })
}

/**
 * Opens a socket. A browser does not tell the page why a handshake failed, so the host is asked
 * over HTTP whether this tab may still come in: after a restart of the host its cookie is void.
 * @param ask a GET of the path, not from the cache.
 * @throws SwitchyardError ACCESS_REFUSED when it may not, else CONNECTION_LOST.
 */
export async function openWebSocketChannel(
  open: () => WebSocket,
  key: string,
  ask: (path: string) => Promise<Pick<Response, 'status'>>
): Promise<Channel> {
  try {
    return await webSocketChannel(open(), key)
  } catch (error) {
    const status = await ask(HELLO_PATH).then(
      (response) => response.status,
      () => null
    )
    if (status !== FORBIDDEN) throw error
    const message = 'This tab came in by a link to a console that has ended since.'
    throw new SwitchyardError('ACCESS_REFUSED', message, {}, { cause: error })
  }
}

function receive(channel: Channel, inbox: FrameInbox, data: unknown): void {
  let frame: unknown
  try {
    frame = JSON.parse(String(data))
  } catch {
    channel.close(closeReason('FRAME_INVALID', 'The host sent what is no JSON.'))
    return
  }
  if (!inbox.deliver(frame)) channel.close('The page does not listen to the host.')
}

function reasonOf(code: number, reason: string): string {
  if (code === MESSAGE_TOO_BIG) return TOO_LONG_REASON
  if (code === CLOSE_CODES.refused) return closeReason('ACCESS_REFUSED', reason)
  if (reason !== '') return reason
  if (code === ABNORMAL) return 'The console host cannot be reached.'
  return `The console host closed the connection (${code}).`
}
