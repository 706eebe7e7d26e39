/**
 * One byte stream to a peer, as the data path sees it. Two implementations: `NetTransport`
 * reads plain TCP into shared static buffers, `TlsTransport` reads what Node decrypts.
 */

/** Up to this size octets travel as latin1 text: a copy is cheaper than keeping a buffer pinned. */
export const SMALL_WRITE_BYTES = 16 * 1024

export interface TransportOwner {
  /**
   * Octets `buffer[0, end)` arrived. They are only valid during the call, unless they are
   * written to another transport by `relay`, which takes care of their lifetime.
   */
  bytesArrived(buffer: Buffer, end: number): void
  /** The peer sent FIN. The other direction may still be open: this is no abort. */
  peerEnded(): void
  /** What `isBlocked` announced has been written. */
  drained(): void
  /** Nothing comes any more. `error` is undefined after an orderly close. Called once. */
  closed(error: Error | undefined): void
}

export interface Transport {
  owner: TransportOwner
  /** More has been written than the peer takes: stop producing until `drained`. */
  readonly isBlocked: boolean
  readonly isClosed: boolean
  /** Something written has not reached the kernel yet. */
  readonly hasPendingWrites: boolean
  /** A measure of how much that is: it changes whenever the kernel takes some of it. */
  readonly unsentBytes: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** Writes latin1 text. */
  write(text: string): void
  /**
   * Writes `buffer[start, end)`, which `source` has just delivered. When this transport
   * cannot take it at once, it is `isBlocked` and `source` must be paused by the caller
   * before its `bytesArrived` returns.
   */
  relay(source: Transport, buffer: Buffer, start: number, end: number): void
  /** Reads into a large buffer of its own until `endBulk`: for long bodies. */
  beginBulk(): void
  endBulk(): void
  pause(): void
  resume(): void
  /** Sends FIN after what is pending, then calls `drained`; reading goes on. */
  end(): void
  /** Closes at once. `isReset`: by RST, so that the peer cannot take it for a complete message. */
  destroy(isReset?: boolean): void
}
