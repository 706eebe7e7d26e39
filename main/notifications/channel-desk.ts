/**
 * One channel at work: a thread for each pool that something happens to, and the outbox that its
 * messages leave through. It outlives a reload that keeps its name.
 */
import type { ErrorCode } from '../../proxy-core/model/error-catalogue.ts'
import type {
  ChannelSettings,
  DeliverySettings,
  MetricsChannelSettings,
  NotificationSettings
} from '../../proxy-core/model/notification-settings.ts'
import type { ChannelCounters } from '../../proxy-core/model/notification-counters.ts'
import type { Clock, Random } from '../../proxy-core/time/clock.ts'
import { coded } from '../cli/run/coded-entry.ts'
import type { LogEntry } from '../cli/run/operator-log.ts'
import type { NotificationChannel } from './channels/notification-channel.ts'
import { IncidentThread, type ThreadSettings } from './incident-thread.ts'
import type { NotificationMessage } from './message.ts'
import { subjectOf, type Occurrence } from './occurrence.ts'
import { Outbox, type OutboxCounts, type OutboxNews } from './outbox.ts'

export type SendingSettings = Exclude<ChannelSettings, MetricsChannelSettings>
export type Grouping = Pick<NotificationSettings, 'groupWindowMs' | 'quietPeriodMs'>

export interface ChannelDeskParts {
  readonly clock: Clock
  readonly random: Random
  readonly settings: SendingSettings
  readonly grouping: Grouping
  readonly channel: NotificationChannel
  newIncidentId(): string
  log(entry: LogEntry): void
  onChange(): void
}

const FAILED: ErrorCode = 'NOTIFICATION_FAILED'
const DROPPED: ErrorCode = 'NOTIFICATION_DROPPED'
/** Traffic goes on. */
const WARNING = { level: 'warning' } as const

export class ChannelDesk {
  readonly #parts: ChannelDeskParts
  readonly #threads = new Map<string, IncidentThread>()
  readonly #outbox: Outbox
  #settings: SendingSettings
  #grouping: Grouping
  #channel: NotificationChannel

  constructor(parts: ChannelDeskParts) {
    const { clock, random, settings, grouping, channel } = parts
    this.#parts = parts
    this.#settings = settings
    this.#grouping = grouping
    this.#channel = channel
    this.#outbox = new Outbox({
      ...{ clock, random, settings },
      deliver: (message, signal) => this.#channel.deliver(message, signal),
      tell: (news) => this.#tell(news),
      onChange: () => parts.onChange()
    })
  }

  get settings(): SendingSettings {
    return this.#settings
  }

  get destination(): string {
    return this.#channel.destination
  }

  get counts(): Readonly<OutboxCounts> {
    return this.#outbox.counts
  }

  get counters(): ChannelCounters {
    const { name: channel, type } = this.#settings
    const { delivered, failed, retried, heldBack, dropped, lastDeliveryMs } = this.#outbox.counts
    const { waiting } = this.#outbox
    return { channel, type, delivered, failed, retried, heldBack, dropped, waiting, lastDeliveryMs }
  }

  reconfigure(settings: SendingSettings, grouping: Grouping, channel: NotificationChannel): void {
    this.#settings = settings
    this.#grouping = grouping
    this.#channel = channel
    this.#outbox.reconfigure(settings)
  }

  take(occurrence: Occurrence): void {
    const subject = subjectOf(occurrence)
    const thread = this.#threads.get(subject) ?? this.#newThread(occurrence.pool)
    this.#threads.set(subject, thread)
    thread.take(occurrence)
    if (thread.isForgettable) this.#threads.delete(subject)
  }

  /** Pools that are gone leave no threads behind; what is told of them is told to its end. */
  forgetIdle(pools: { has(pool: string): boolean }): void {
    for (const [subject, thread] of this.#threads) {
      if (thread.phase === 'calm' && subject !== '' && !pools.has(subject)) {
        this.#threads.delete(subject)
      }
    }
  }

  /** Past the queue and the rate: for a message that somebody waits for. Rejects like `deliver`. */
  deliverNow(message: NotificationMessage, signal: AbortSignal): Promise<string> {
    return this.#channel.deliver(message, signal)
  }

  /** What is collected or waits gets a last attempt. Never rejects. */
  async stop(withinMs: number): Promise<void> {
    for (const thread of this.#threads.values()) thread.flush()
    for (const thread of this.#threads.values()) thread.stop()
    await this.#outbox.stop(withinMs)
  }

  #newThread(pool: string | null): IncidentThread {
    const { clock, newIncidentId } = this.#parts
    return new IncidentThread({
      ...{ clock, pool },
      settings: () => this.#threadSettings(),
      newIncidentId,
      emit: (message) => this.#outbox.add(message)
    })
  }

  #threadSettings(): ThreadSettings {
    const { on, minIntervalMs }: DeliverySettings = this.#settings
    return { on, minIntervalMs, ...this.#grouping }
  }

  #tell(news: OutboxNews): void {
    const { name } = this.#settings
    this.#parts.log(entryFor(news, `Notification channel ${name}`))
  }
}

function entryFor(news: OutboxNews, channel: string): LogEntry {
  switch (news.kind) {
    case 'failing': {
      const next = news.isGivenUp ? 'The message is given up.' : 'It is tried again.'
      const message = `${channel} cannot deliver: ${news.reason} ${next} Further failures are counted and not logged.`
      return coded(FAILED, message, WARNING)
    }
    case 'delivering_again': {
      const { attempts, givenUp } = news
      const lost = givenUp === 0 ? '' : `, ${givenUp} of its messages were given up`
      const failures = attempts === 1 ? 'a failed attempt' : `${attempts} failed attempts`
      return { level: 'info', message: `${channel} delivers again after ${failures}${lost}.` }
    }
    case 'overflowing': {
      const message = `${channel} has too many messages waiting: the oldest are thrown away and counted.`
      return coded(DROPPED, message, WARNING)
    }
    case 'left_behind': {
      const what = news.count === 1 ? 'a message' : `${news.count} messages`
      return coded(DROPPED, `${channel} could not deliver ${what} before the end.`, WARNING)
    }
  }
}
