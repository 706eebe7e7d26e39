/** Why a message could not be delivered, in words that hold no secret. */

export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure'
  /** Another attempt with the same message would fail in the same way. */
  readonly isPermanent: boolean
  /** What the other side asked for; null: nothing. */
  readonly retryAfterMs: number | null

  constructor(
    message: string,
    {
      isPermanent = false,
      retryAfterMs = null
    }: { readonly isPermanent?: boolean; readonly retryAfterMs?: number | null } = {}
  ) {
    super(message)
    this.isPermanent = isPermanent
    this.retryAfterMs = retryAfterMs
  }
}

export function noAnswerWithin(timeoutMs: number): DeliveryFailure {
  return new DeliveryFailure(`No answer within ${timeoutMs / 1000} s.`)
}
