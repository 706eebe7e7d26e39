/** The only place where messages from the page are taken: each one proves its sender first. */
import { ipcMain, type IpcMainEvent, type WebContents } from 'electron'
import type { z } from 'zod'
import { isOwnPage } from './page-origin.ts'

/** The part of Electron's frame that tells who speaks. */
export interface SenderFrame {
  readonly url: string
  /** null for the main frame. */
  readonly parent: unknown
}

/** Only the main frame of a page of ours; a frame that is already gone is nobody. */
export function isTrustedSender(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && isOwnPage(frame.url)
}

/** What is not trusted, or does not fit the schema, is dropped and told to `onRefused`. */
export function onPageMessage<T>(
  channel: string,
  schema: z.ZodType<T>,
  take: (message: T, sender: WebContents) => void,
  onRefused: (line: string) => void
): void {
  ipcMain.on(channel, (event: IpcMainEvent, message: unknown) => {
    if (!isTrustedSender(event.senderFrame)) {
      onRefused(`A message on ${channel} did not come from the console's page and was dropped.`)
      return
    }
    const checked = schema.safeParse(message)
    if (checked.success) take(checked.data, event.sender)
    else onRefused(`A message on ${channel} had the wrong form and was dropped.`)
  })
}
