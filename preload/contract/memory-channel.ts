/** A page and its host in one process: for tests, with the rules of the real transports. */
import type { Channel } from './channel.ts'
import { FrameInbox } from './frame-inbox.ts'
import { isTooLong, TOO_LONG_REASON } from './frame-limit.ts'

/**
 * Two ends of one channel. Frames arrive as copies, in order and never within `send`, as they do
 * from another process; what is no plain JSON throws here instead of arriving changed.
 */
export function memoryChannel(): readonly [Channel, Channel] {
  const inboxes = [new FrameInbox(), new FrameInbox()] as const
  return [end(inboxes[0], inboxes[1]), end(inboxes[1], inboxes[0])]
}

function end(own: FrameInbox, other: FrameInbox): Channel {
  const close = (reason: string): void => {
    if (own.isClosed) return
    own.close(reason)
    queueMicrotask(() => other.close(reason))
  }
  return {
    send(frame) {
      if (own.isClosed) return
      const copy = structuredClone(frame)
      if (isTooLong(JSON.stringify(copy))) {
        close(TOO_LONG_REASON)
        return
      }
      queueMicrotask(() => {
        if (!other.deliver(copy)) close('Nobody listens at the other end.')
      })
    },
    onFrame: (listener) => own.onFrame(listener),
    onClose: (listener) => own.onClose(listener),
    close
  }
}
