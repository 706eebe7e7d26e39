/**
 * What carries frames between a page and its host: a MessagePort in the desktop window, a
 * WebSocket in a browser, two arrays in a test. A channel knows no contract: it delivers each
 * frame once, in order, or closes.
 */

/** Longest frame in octets of JSON. A longer one closes the channel with FRAME_TOO_LARGE. */
export const MAX_FRAME_BYTES = 1024 * 1024

export interface Channel {
  /** Plain JSON. After the close it does nothing. */
  send(frame: unknown): void
  /** One listener; frames that came before it was set are delivered to it. */
  onFrame(listener: (frame: unknown) => void): void
  /** Called once, also when the channel was closed from this side. `reason` is a sentence. */
  onClose(listener: (reason: string) => void): void
  close(reason: string): void
}
