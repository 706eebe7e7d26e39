/** The page's subscriptions, which outlive the channels that carry them. */
import { cursorAfter, type LogTopicName } from '../../preload/contract/log-cursor.ts'
import {
  TOPICS,
  type TopicArgs,
  type TopicName,
  type TopicPayload
} from '../../preload/contract/topics.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { Arguments } from './console-backend.ts'

interface HeldSubscription {
  readonly topic: TopicName
  readonly args: Arguments<TopicArgs<TopicName>>
  readonly onPayload: (payload: TopicPayload<TopicName>) => void
  /** Of the present channel. */
  id: number
  /** Last log entry that was received; null before the first, and for snapshots. */
  cursor: number | null
}

export interface SubscriptionFrames {
  nextId(): number
  subscribe(id: number, topic: TopicName, args: unknown): void
  unsubscribe(id: number): void
  acknowledge(id: number, seq: number): void
}

export class HeldSubscriptions {
  readonly #frames: SubscriptionFrames
  readonly #onDefect: (error: unknown) => void
  readonly #held = new Set<HeldSubscription>()
  readonly #byId = new Map<number, HeldSubscription>()

  constructor(frames: SubscriptionFrames, onDefect: (error: unknown) => void) {
    this.#frames = frames
    this.#onDefect = onDefect
  }

  /** Returns its end. `isOpen`: there is a channel that can carry it now. */
  add<Name extends TopicName>(
    topic: Name,
    args: Arguments<TopicArgs<Name>>,
    onPayload: (payload: TopicPayload<Name>) => void,
    isOpen: boolean
  ): () => void {
    const held = { topic, args, onPayload, id: 0, cursor: null } as unknown as HeldSubscription
    this.#held.add(held)
    if (isOpen) this.#open(held)
    return () => this.#remove(held)
  }

  /** On a new channel; nothing of the one before is valid any more. */
  openAll(): void {
    this.#byId.clear()
    for (const held of this.#held) this.#open(held)
  }

  /** The channel is gone. */
  forgetIds(): void {
    this.#byId.clear()
  }

  /** Hands the payload on, then acknowledges it: a slow listener slows its own topic only. */
  take(id: number, seq: number, payload: unknown): void {
    const held = this.#byId.get(id)
    if (held === undefined) return
    try {
      this.#deliver(held, payload)
    } catch (error) {
      this.#onDefect(error)
    } finally {
      this.#frames.acknowledge(id, seq)
    }
  }

  /** The host has ended it. Returns the kind of its topic; null when it is no subscription. */
  fail(id: number, error: SwitchyardError): 'snapshot' | 'log' | null {
    const held = this.#byId.get(id)
    if (held === undefined) return null
    this.#byId.delete(id)
    this.#onDefect(error)
    return TOPICS[held.topic].kind
  }

  #deliver(held: HeldSubscription, payload: unknown): void {
    const { topic } = held
    const parsed = TOPICS[topic].payload.safeParse(payload)
    if (!parsed.success) {
      throw new SwitchyardError('FRAME_INVALID', `A payload of ${topic} does not fit the contract.`)
    }
    if (isLog(topic)) held.cursor = cursorAfter(topic, parsed.data as never, held.cursor ?? 0)
    held.onPayload(parsed.data)
  }

  #open(held: HeldSubscription): void {
    held.id = this.#frames.nextId()
    this.#byId.set(held.id, held)
    this.#frames.subscribe(held.id, held.topic, argumentsOf(held))
  }

  #remove(held: HeldSubscription): void {
    if (!this.#held.delete(held)) return
    if (this.#byId.delete(held.id)) this.#frames.unsubscribe(held.id)
  }
}

/** A log goes on after what was received; whoever gave a function knows better. */
function argumentsOf({ args, cursor }: HeldSubscription): unknown {
  if (typeof args === 'function') return args()
  return cursor === null ? args : { ...args, since: cursor }
}

function isLog(topic: TopicName): topic is LogTopicName {
  return TOPICS[topic].kind === 'log'
}
