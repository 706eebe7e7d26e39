/**
 * Tells people what happens to pools and to the engine, over the channels of the configuration
 * that is in force. Belongs to the control plane: what it waits for, nobody else waits for.
 */
import { randomBytes } from 'node:crypto'
import {
  NO_NOTIFICATION_COUNTERS,
  type NotificationCounters
} from '../../proxy-core/model/notification-counters.ts'
import type {
  MetricsChannelSettings,
  NotificationSettings
} from '../../proxy-core/model/notification-settings.ts'
import type { EngineSettings } from '../../proxy-core/model/settings.ts'
import type { Clock, Random, Timer } from '../../proxy-core/time/clock.ts'
import type { LogEntry } from '../cli/run/operator-log.ts'
import type { HostEvent } from '../engine-host/engine-host.ts'
import { ChannelDesk, type SendingSettings } from './channel-desk.ts'
import { createChannel } from './channels/channel-registry.ts'
import { EventCounter } from './event-counter.ts'
import type { NotificationSource } from './notification-source.ts'
import { OccurrenceReader, type KnownPools } from './occurrence-reader.ts'
import type { Occurrence } from './occurrence.ts'

/** At a stop: what cannot be told in this time is not told. */
export const FLUSH_WITHIN_MS = 2_000
/** Counters travel to the engine at most this often. */
const PUBLISH_EVERY_MS = 1_000
const INCIDENT_PREFIX_BYTES = 6

/** What is in force: nothing of it is changed by whoever takes it. */
export interface NotificationConfig {
  readonly notification: NotificationSettings
  readonly settings: Pick<EngineSettings, 'pools'>
}

export interface NotificationDeskParts {
  readonly clock: Clock
  readonly random: Random
  readonly source: NotificationSource
  log(entry: LogEntry): void
  /** For `/metrics`. */
  publish(counters: NotificationCounters): void
  /** A count or the list of channels has changed. */
  onChange?(): void
}

export class NotificationDesk {
  readonly #parts: NotificationDeskParts
  readonly #reader = new OccurrenceReader()
  readonly #counter = new EventCounter()
  /** By name, in the order of the file. */
  #channels = new Map<string, ChannelDesk>()
  #metrics: readonly MetricsChannelSettings[] = []
  #publishing: Timer | null = null
  #hasPublished = false
  #lastIncident = 0
  #isStopped = false
  /** Incidents of two runs must not have one name. */
  readonly #incidentPrefix = randomBytes(INCIDENT_PREFIX_BYTES).toString('hex')

  constructor(parts: NotificationDeskParts) {
    this.#parts = parts
  }

  /** Those that send, in the order of the file. */
  get channels(): readonly ChannelDesk[] {
    return [...this.#channels.values()]
  }

  get metricsChannels(): readonly MetricsChannelSettings[] {
    return this.#metrics
  }

  get source(): NotificationSource {
    return this.#parts.source
  }

  /** Events that each `metrics` channel has counted. */
  get countedEvents(): number {
    return this.#counter.total
  }

  /** Before the engine gets the first configuration, and after it has taken another one. */
  configure({ notification, settings }: NotificationConfig): void {
    const pools = poolsOf(settings)
    const sending = notification.channels.filter((one) => one.type !== 'metrics')
    this.#metrics = notification.channels.filter((one) => one.type === 'metrics')
    const before = this.#channels
    this.#channels = new Map(
      sending.map((one) => [one.name, this.#channelFor(one, before.get(one.name), notification)])
    )
    for (const [name, desk] of before)
      if (!this.#channels.has(name)) void desk.stop(FLUSH_WITHIN_MS)
    for (const occurrence of this.#reader.keepOnly(pools, this.#parts.clock.wallNow())) {
      this.#tell(occurrence)
    }
    for (const desk of this.#channels.values()) desk.forgetIdle(pools)
    this.#counter.keepOnly(pools)
    this.#changed()
  }

  take(event: HostEvent): void {
    if (this.#isStopped) return
    for (const occurrence of this.#reader.read(event, this.#parts.clock.wallNow())) {
      this.#tell(occurrence)
    }
  }

  /** What is collected or waits gets a last attempt within 2 s. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#publishing?.cancel()
    this.#publishing = null
    await Promise.all(this.channels.map((desk) => desk.stop(FLUSH_WITHIN_MS)))
  }

  newIncidentId(): string {
    return `${this.#incidentPrefix}-${++this.#lastIncident}`
  }

  #channelFor(
    settings: SendingSettings,
    desk: ChannelDesk | undefined,
    grouping: NotificationSettings
  ): ChannelDesk {
    const { clock, random, source, log } = this.#parts
    const channel = createChannel(settings, source, (entry) => log(entry))
    if (desk === undefined || desk.settings.type !== settings.type) {
      void desk?.stop(FLUSH_WITHIN_MS)
      return new ChannelDesk({
        ...{ clock, random, settings, grouping, channel },
        newIncidentId: () => this.newIncidentId(),
        log: (entry) => this.#parts.log(entry),
        onChange: () => this.#changed()
      })
    }
    desk.reconfigure(settings, grouping, channel)
    return desk
  }

  #tell(occurrence: Occurrence): void {
    for (const desk of this.#channels.values()) desk.take(occurrence)
    if (this.#metrics.some(({ on }) => on.includes(occurrence.occasion))) {
      this.#counter.count(occurrence)
      this.#changed()
    }
  }

  #changed(): void {
    if (this.#isStopped) return
    this.#parts.onChange?.()
    if (this.#metrics.length === 0 && !this.#hasPublished) return
    this.#publishing ??= this.#parts.clock.setTimeout(() => this.#publish(), PUBLISH_EVERY_MS)
  }

  #publish(): void {
    this.#publishing = null
    this.#hasPublished = this.#metrics.length > 0
    const channels = this.channels.map(({ counters }) => counters)
    this.#parts.publish(
      this.#hasPublished ? { events: this.#counter.counts, channels } : NO_NOTIFICATION_COUNTERS
    )
  }
}

function poolsOf({ pools }: Pick<EngineSettings, 'pools'>): KnownPools {
  return new Map(
    pools.map(({ name, backends }) => [name, new Set(backends.map(({ address }) => address))])
  )
}
