/** A test message on its way through the channels, and what became of it. */
import type { TestOutcomeLine } from '../../../preload/contract/notifications.ts'
import type { ConsoleBackend } from '../../backend/console-backend.ts'
import { problemFrom, type Problem } from '../../ui/data-state.ts'

export class NotificationTest {
  /** The name of the channel that is tried; '' = all are; null = none is. */
  running = $state.raw<string | null>(null)
  problem = $state.raw<Problem | null>(null)

  #outcomes = $state.raw<readonly TestOutcomeLine[]>([])
  readonly #backend: ConsoleBackend

  constructor(backend: ConsoleBackend) {
    this.#backend = backend
  }

  /** The last answer of a channel; null: it was not tried. */
  outcomeOf(channel: string): TestOutcomeLine | null {
    return this.#outcomes.find((one) => one.channel === channel) ?? null
  }

  isTrying(channel: string): boolean {
    return this.running === '' || this.running === channel
  }

  /** `channel`: null = all. One test at a time. */
  async send(channel: string | null): Promise<void> {
    if (this.running !== null) return
    this.running = channel ?? ''
    this.problem = null
    try {
      const { outcomes } = await this.#backend.call('notifications.test', { channel })
      const names = outcomes.map((one) => one.channel)
      const others = this.#outcomes.filter((one) => !names.includes(one.channel))
      this.#outcomes = [...others, ...outcomes]
    } catch (error) {
      this.problem = problemFrom(error, 'The test message was not sent.')
    } finally {
      this.running = null
    }
  }
}
