/** The page's end of the desktop window's port. */
import type { Channel } from '../../preload/contract/channel.ts'
import { FrameInbox } from '../../preload/contract/frame-inbox.ts'
import { isTooLong, TOO_LONG_REASON } from '../../preload/contract/frame-limit.ts'

/** The port is the channel's from now on. */
export function messagePortChannel(port: MessagePort): Channel {
  const inbox = new FrameInbox()
  const channel: Channel = {
    send(frame) {
      if (inbox.isClosed) return
      const text = JSON.stringify(frame)
      if (isTooLong(text)) channel.close(TOO_LONG_REASON)
      // A copy without the page's proxies, which the structured clone of a port refuses.
      else port.postMessage(JSON.parse(text))
    },
    onFrame: (listener) => inbox.onFrame(listener),
    onClose: (listener) => inbox.onClose(listener),
    close(reason) {
      if (inbox.isClosed) return
      inbox.close(reason)
      port.close()
    }
  }
  port.addEventListener('message', ({ data }: MessageEvent) => {
    if (!inbox.deliver(data)) channel.close('The page does not listen to the host.')
  })
  // Chromium tells the end of the other side, also when its process has died.
  port.addEventListener('close', () => inbox.close('The console host has gone.'))
  port.start()
  return channel
}
