/** The host's end of the port of a desktop window. */
import type { MessagePortMain } from 'electron'
import type { Channel } from '../../preload/contract/channel.ts'
import { FrameInbox } from '../../preload/contract/frame-inbox.ts'
import { isTooLong, TOO_LONG_REASON } from '../../preload/contract/frame-limit.ts'

/** The port is the channel's from now on, and lives as long as somebody holds the channel. */
export function portChannel(port: MessagePortMain): Channel {
  const inbox = new FrameInbox()
  const channel: Channel = {
    send(frame) {
      if (inbox.isClosed) return
      if (isTooLong(JSON.stringify(frame))) channel.close(TOO_LONG_REASON)
      else port.postMessage(frame)
    },
    onFrame: (listener) => inbox.onFrame(listener),
    onClose: (listener) => inbox.onClose(listener),
    close(reason) {
      if (inbox.isClosed) return
      inbox.close(reason)
      port.close()
    }
  }
  port.on('message', ({ data }) => {
    if (isTooLong(JSON.stringify(data) ?? '')) channel.close(TOO_LONG_REASON)
    else if (!inbox.deliver(data)) channel.close('The host does not listen to the page.')
  })
  // Electron tells the end of the other side, also when its process has died.
  port.on('close', () => inbox.close('The page has gone.'))
  port.start()
  return channel
}
