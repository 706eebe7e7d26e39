/** The host's end of a browser's WebSocket. Every message must carry the key of its session. */
import type { RawData, WebSocket } from 'ws'
import { MAX_FRAME_BYTES, type Channel } from '../../preload/contract/channel.ts'
import { causeOfClose, closeReason } from '../../preload/contract/close-reason.ts'
import { FrameInbox } from '../../preload/contract/frame-inbox.ts'
import { isTooLong, TOO_LONG_REASON } from '../../preload/contract/frame-limit.ts'
import { CLOSE_CODES, keyedFrameSchema } from '../../preload/contract/web-door.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'

/** The browser measures the frame together with its key. */
export const MAX_MESSAGE_BYTES = MAX_FRAME_BYTES

/** Answers that a peer has not read. Topics wait for their acknowledgement before this fills. */
const MAX_UNREAD_BYTES = 8 * MAX_FRAME_BYTES

const PING_PERIOD_MS = 15_000

/** RFC 6455, 5.5.1: a close frame has room for this many octets beside its code. */
const MAX_REASON_BYTES = 123

export interface WebSocketChannelParts {
  readonly clock: Clock
  readonly isKey: (key: string) => boolean
  /** A message without the right key came; the channel is closed. */
  readonly onWrongKey: () => void
}

export function webSocketChannel(socket: WebSocket, parts: WebSocketChannelParts): Channel {
  const inbox = new FrameInbox()
  const end = (reason: string): void => {
    ping.cancel()
    inbox.close(reason)
  }
  const channel: Channel = {
    send(frame) {
      if (inbox.isClosed) return
      const text = JSON.stringify(frame)
      if (isTooLong(text)) return channel.close(TOO_LONG_REASON)
      socket.send(text)
      if (socket.bufferedAmount <= MAX_UNREAD_BYTES) return
      end('The page does not read what it is sent.')
      socket.terminate()
    },
    onFrame: (listener) => inbox.onFrame(listener),
    onClose: (listener) => inbox.onClose(listener),
    close(reason) {
      if (inbox.isClosed) return
      end(reason)
      socket.close(closeCodeOf(reason), cut(reason))
    }
  }
  const ping = keepAlive(socket, parts.clock, () => end('The page has not answered for too long.'))
  socket.on('message', (data, isBinary) => receive(channel, inbox, parts, isBinary ? null : data))
  // 'close' follows every error; the peer's mistake is its code.
  socket.on('error', () => {})
  socket.on('close', (code) => end(`The page has closed the connection (${code}).`))
  return channel
}

function receive(
  channel: Channel,
  inbox: FrameInbox,
  { isKey, onWrongKey }: WebSocketChannelParts,
  data: RawData | null
): void {
  const keyed = keyedFrameSchema.safeParse(jsonOf(data))
  if (!keyed.success) {
    return channel.close(closeReason('FRAME_INVALID', 'A message was no keyed frame.'))
  }
  if (!isKey(keyed.data.key)) {
    onWrongKey()
    return channel.close(closeReason('ACCESS_REFUSED', 'A message came without the key.'))
  }
  if (!inbox.deliver(keyed.data.frame)) channel.close('The host does not listen.')
}

/** undefined for what is no JSON. */
function jsonOf(data: RawData | null): unknown {
  try {
    return data === null ? undefined : JSON.parse((data as Buffer).toString('utf8'))
  } catch {
    return undefined
  }
}

interface KeepAlive {
  cancel(): void
}

/** Ends a connection whose other side went away without a word, as a suspended machine does. */
function keepAlive(socket: WebSocket, clock: Clock, onSilent: () => void): KeepAlive {
  let isAlive = true
  socket.on('pong', () => (isAlive = true))
  return clock.setInterval(() => {
    if (!isAlive) {
      onSilent()
      socket.terminate()
      return
    }
    isAlive = false
    socket.ping()
  }, PING_PERIOD_MS)
}

function closeCodeOf(reason: string): number {
  const isRefused = causeOfClose(reason).code === 'ACCESS_REFUSED'
  return isRefused ? CLOSE_CODES.refused : CLOSE_CODES.ordinary
}

function cut(reason: string): string {
  const bytes = Buffer.from(reason)
  // Cut inside a character would be no valid UTF-8.
  return bytes.length <= MAX_REASON_BYTES ? reason : `${reason.slice(0, MAX_REASON_BYTES / 4)}…`
}
