/** The only place where calls from the page are registered: each one proves its sender first. */
import { ipcMain } from 'electron'
import { isOwnPage } from './page-origin.ts'

/** The part of Electron's frame that tells who calls. */
export interface SenderFrame {
  readonly url: string
  /** null for the main frame. */
  readonly parent: unknown
}

/** Only the main frame of a page of ours; a frame that is already gone is nobody. */
export function isTrustedSender(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && isOwnPage(frame.url)
}

export function answerCall(channel: string, answer: () => unknown): void {
  ipcMain.handle(channel, (event) => {
    if (!isTrustedSender(event.senderFrame)) {
      throw new Error('This call is open to the console page only.')
    }
    return answer()
  })
}
