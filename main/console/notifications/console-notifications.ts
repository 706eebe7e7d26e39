/**
 * The notifications of what is open: a desk for as long as an engine of it runs, its channels for
 * the page, and the test of them.
 */
import { basename } from 'node:path'
import { parseDocument } from '../../../proxy-core/config/parse-document.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { NotificationCounters } from '../../../proxy-core/model/notification-counters.ts'
import type { Clock, Random } from '../../../proxy-core/time/clock.ts'
import type {
  NotificationBoard,
  NotificationChannelFacts,
  TestOutcomeLine
} from '../../../preload/contract/notifications.ts'
import type { LogEntry } from '../../cli/run/operator-log.ts'
import type { TopicSource } from '../../contract/topic-sources.ts'
import type { HostEvent } from '../../engine-host/engine-host.ts'
import type { ChannelDesk } from '../../notifications/channel-desk.ts'
import { NotificationDesk } from '../../notifications/notification-desk.ts'
import { notificationSource } from '../../notifications/notification-source.ts'
import {
  countingChannel,
  selected,
  testChannels,
  testMessage,
  type TestedChannel,
  type TestOutcome
} from '../../notifications/test-message.ts'
import type { RunningLoad } from '../engine/engine-session.ts'
import { Listeners } from '../engine/listeners.ts'

export interface ConsoleNotificationsParts {
  readonly clock: Clock
  readonly random: Random
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A line for the log of the console; never with a secret in it. */
  say(line: string): void
  /** A failure of a channel: for the history. */
  onProblem(text: string, code: string): void
  /** For the `/metrics` of the engine. */
  publish(counters: NotificationCounters): void
}

interface OpenDesk {
  readonly stateDirectory: string
  readonly desk: NotificationDesk
}

export class ConsoleNotifications {
  readonly #parts: ConsoleNotificationsParts
  readonly #onBoard: Listeners<NotificationBoard>
  #open: OpenDesk | null = null
  /** Desks that end while another one is open already. */
  #ending: Promise<unknown> = Promise.resolve()

  constructor(parts: ConsoleNotificationsParts) {
    this.#parts = parts
    this.#onBoard = new Listeners((error) =>
      parts.say(`A view of the notifications failed: ${String(error)}`)
    )
  }

  readonly topic: TopicSource<'notifications'> = {
    open: (_args, push) => {
      push(this.board)
      return this.#onBoard.add(push)
    }
  }

  get board(): NotificationBoard {
    const desk = this.#open?.desk
    if (!desk) return { channels: [] }
    return {
      channels: [
        ...desk.channels.map(factsOf),
        ...desk.metricsChannels.map(({ name, on }) => ({ ...COUNTING, name, on: [...on] }))
      ]
    }
  }

  /** What an engine is given now; null: none runs any more. */
  follow(running: RunningLoad | null): void {
    if (running === null) return this.#close()
    const { load, stateDirectory } = running
    if (this.#open?.stateDirectory !== stateDirectory) this.#close()
    const secrets = {
      environment: this.#parts.environment,
      stored: { kind: 'refused' }
    } as const
    const parsed = parseDocument(load.document, { ...load, secrets })
    // The engine refuses it too, and says why.
    if (!parsed.ok) return
    this.#open ??= { stateDirectory, desk: this.#newDesk(basename(stateDirectory)) }
    this.#open.desk.configure(parsed)
    this.#tell()
  }

  take(event: HostEvent): void {
    this.#open?.desk.take(event)
  }

  /** `selector`: a name, a number or a type; null: all. Throws CHANNEL_UNKNOWN. */
  async test(selector: string | null): Promise<readonly TestOutcomeLine[]> {
    const desk = this.#open?.desk
    const channels = desk
      ? [...desk.channels.map(tested), ...desk.metricsChannels.map(countingChannel)]
      : []
    if (!desk || channels.length === 0) {
      const message = 'The running configuration has no notification channel.'
      throw new SwitchyardError('CHANNEL_UNKNOWN', message)
    }
    const message = testMessage(desk.newIncidentId(), this.#parts.clock.wallNow())
    const outcomes = await testChannels(selected(channels, selector), message)
    return outcomes.map(lineOf)
  }

  /** What is collected or waits gets a last attempt within 2 s. Never rejects. */
  async stop(): Promise<void> {
    this.#close()
    await this.#ending
  }

  #newDesk(instance: string): NotificationDesk {
    const { clock, random, publish } = this.#parts
    return new NotificationDesk({
      ...{ clock, random, source: notificationSource(instance) },
      log: (entry) => this.#log(entry),
      publish: (counters) => publish(counters),
      onChange: () => this.#tell()
    })
  }

  #log({ message, details }: LogEntry): void {
    this.#parts.say(message)
    const code = details?.['code']
    if (typeof code === 'string') this.#parts.onProblem(message, code)
  }

  #close(): void {
    const open = this.#open
    if (open === null) return
    this.#open = null
    this.#ending = Promise.all([this.#ending, open.desk.stop()])
    this.#tell()
  }

  #tell(): void {
    this.#onBoard.tell(this.board)
  }
}

const COUNTING: NotificationChannelFacts = {
  ...{ name: 'metrics', type: 'metrics', destination: '/metrics', on: [] },
  ...{ delivered: 0, failed: 0, heldBack: 0, dropped: 0, waiting: 0 },
  ...{ lastDeliveryMs: null, lastFailure: null }
}

function factsOf({
  settings,
  destination,
  counters,
  counts
}: ChannelDesk): NotificationChannelFacts {
  const { delivered, failed, heldBack, dropped, waiting, lastDeliveryMs } = counters
  return {
    ...{ name: settings.name, type: settings.type, destination, on: [...settings.on] },
    ...{ delivered, failed, heldBack, dropped, waiting, lastDeliveryMs },
    lastFailure: counts.lastFailure && { ...counts.lastFailure }
  }
}

function tested(desk: ChannelDesk): TestedChannel {
  const { name, type, timeoutMs } = desk.settings
  const deliver: TestedChannel['deliver'] = (message, signal) => desk.deliverNow(message, signal)
  return { name, type, destination: desk.destination, timeoutMs, deliver }
}

function lineOf({
  channel,
  type,
  outcome,
  detail,
  destination,
  durationMs
}: TestOutcome): TestOutcomeLine {
  const sentences = {
    delivered: `Delivered to ${destination} in ${durationMs} ms: ${detail}`,
    failed: `Not delivered to ${destination}: ${detail}`,
    skipped: detail
  }
  return { channel, type, outcome, sentence: sentences[outcome] }
}
