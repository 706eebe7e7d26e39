/** Why an entry was not taken. Nothing of it was acknowledged, and the client may send it again. */

/**
 * full: `max_size` is reached (507). no_space: the file system has no room or no quota left (507).
 * disk: it fails (503). closing: the store ends (503). too_large: the entry is larger than a
 * segment (413).
 */
export type RefusalKind = 'full' | 'no_space' | 'disk' | 'closing' | 'too_large'

export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal'
  readonly kind: RefusalKind

  /** `message`: a sentence for the log. */
  constructor(kind: RefusalKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
