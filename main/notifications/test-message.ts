/**
 * A message that says clearly that it is a test, sent through chosen channels past their queues,
 * with an answer for each.
 */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { ChannelType } from '../../proxy-core/model/notification-settings.ts'
import { noAnswerWithin } from './delivery-failure.ts'
import { NO_LINES } from './line-list.ts'
import type { NotificationMessage } from './message.ts'

/** What of a channel a test needs. */
export interface TestedChannel {
  readonly name: string
  readonly type: ChannelType
  readonly destination: string
  readonly timeoutMs: number
  /** null: it sends nothing. Rejects with DeliveryFailure. */
  readonly deliver: ((message: NotificationMessage, signal: AbortSignal) => Promise<string>) | null
}

export interface TestOutcome {
  readonly channel: string
  readonly type: ChannelType
  readonly destination: string
  readonly outcome: 'delivered' | 'failed' | 'skipped'
  /** What the other side said, or why it failed; a sentence without a secret. */
  readonly detail: string
  readonly durationMs: number
}

export function testMessage(incidentId: string, nowMs: number): NotificationMessage {
  return {
    incidents: [
      {
        ...{ id: incidentId, kind: 'test', pool: null, severity: 'info' },
        ...{ openedAtMs: nowMs, closedAtMs: null, headline: 'Test message' }
      }
    ],
    lines: NO_LINES,
    ...{ heldBack: 0, dropped: 0 }
  }
}

/** A channel that only counts. */
export function countingChannel({ name }: Pick<TestedChannel, 'name'>): TestedChannel {
  return { name, type: 'metrics', destination: '/metrics', timeoutMs: 0, deliver: null }
}

/**
 * `selector`: a name, a number from 1 in the order of the file, or a type; null: all. Throws
 * CHANNEL_UNKNOWN.
 */
export function selected<Channel extends Pick<TestedChannel, 'name' | 'type'>>(
  channels: readonly Channel[],
  selector: string | null
): readonly Channel[] {
  if (selector === null) return channels
  const named = channels.filter(({ name }) => name === selector)
  const typed = channels.filter(({ type }) => type === selector)
  const numbered = /^\d+$/.test(selector)
    ? channels.slice(Number(selector) - 1, Number(selector))
    : []
  // A type is meant for all of it, although the first of a type has its name.
  const found = [typed, named, numbered].find((some) => some.length > 0)
  if (found) return found
  const known = channels.map(({ name }, index) => `${index + 1} ${name}`).join(', ')
  throw new SwitchyardError(
    'CHANNEL_UNKNOWN',
    channels.length === 0
      ? 'The configuration has no notification channel.'
      : `There is no notification channel ${JSON.stringify(selector)}. There are: ${known}.`
  )
}

/** All at the same time; in the order of the channels. Never rejects. */
export function testChannels(
  channels: readonly TestedChannel[],
  message: NotificationMessage
): Promise<readonly TestOutcome[]> {
  return Promise.all(channels.map((channel) => testChannel(channel, message)))
}

async function testChannel(
  { name, type, destination, timeoutMs, deliver }: TestedChannel,
  message: NotificationMessage
): Promise<TestOutcome> {
  const about = { channel: name, type, destination } as const
  if (deliver === null) {
    const detail = 'It sends nothing: what it counts is in `/metrics` of a running engine.'
    return { ...about, outcome: 'skipped', detail, durationMs: 0 }
  }
  const beganMs = performance.now()
  const durationMs = (): number => Math.round(performance.now() - beganMs)
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const detail = await deliver(message, signal)
    return { ...about, outcome: 'delivered', detail, durationMs: durationMs() }
  } catch (error) {
    const failure = signal.aborted ? noAnswerWithin(timeoutMs) : error
    const detail = failure instanceof Error ? failure.message : String(failure)
    return { ...about, outcome: 'failed', detail, durationMs: durationMs() }
  }
}
