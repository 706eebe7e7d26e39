/** One way to tell somebody: a file exports one, `channel-registry.ts` lists it. */
import type { NotificationMessage } from '../message.ts'

export interface NotificationChannel {
  /** Where it goes, without secrets: "ops@example.com through smtp.example.com:587". */
  readonly destination: string
  /**
   * Resolves with what the other side said, in a few words; rejects with DeliveryFailure, also when
   * `signal` aborts. Leaves nothing open either way.
   */
  deliver(message: NotificationMessage, signal: AbortSignal): Promise<string>
}
