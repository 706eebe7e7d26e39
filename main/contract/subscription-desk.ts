/** The subscriptions of one channel. */
import { TOPICS, type TopicName } from '../../preload/contract/topics.ts'
import type { LogTopicName } from '../../preload/contract/log-cursor.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { unknownName } from './call-desk.ts'
import { MAX_SUBSCRIPTIONS, type ContractParts } from './contract-parts.ts'
import { checked, checkedArguments } from './schema-check.ts'
import {
  LogFeed,
  SnapshotFeed,
  type Deliver,
  type OpenSource,
  type TopicFeed
} from './topic-feed.ts'

export interface Subscription {
  readonly id: number
  readonly topic: string
  readonly args: unknown
}

export interface SubscriptionAnswers {
  event(id: number, seq: number, payload: unknown): void
  /** The subscription does not exist any more. */
  failed(id: number, subject: string, error: unknown): void
}

type ErasedSource = OpenSource<unknown, unknown>

interface OpenSubscription {
  readonly topic: TopicName
  readonly feed: TopicFeed
}

export class SubscriptionDesk {
  readonly #parts: ContractParts
  readonly #answers: SubscriptionAnswers
  readonly #open = new Map<number, OpenSubscription>()

  constructor(parts: ContractParts, answers: SubscriptionAnswers) {
    this.#parts = parts
    this.#answers = answers
  }

  has(id: number): boolean {
    return this.#open.has(id)
  }

  take({ id, topic, args }: Subscription): void {
    try {
      if (!isTopic(topic)) throw unknownName('topic', topic)
      if (this.#open.size >= MAX_SUBSCRIPTIONS) throw tooManySubscriptions()
      const feed = this.#feedOf(id, topic, checkedArguments(topic, TOPICS[topic].args, args))
      this.#open.set(id, { topic, feed })
      feed.open()
    } catch (error) {
      this.#fail(id, topic, error)
    }
  }

  acknowledge(id: number, seq: number): void {
    const subscription = this.#open.get(id)
    if (subscription === undefined) return
    try {
      subscription.feed.acknowledge(seq)
    } catch (error) {
      this.#fail(id, subscription.topic, error)
    }
  }

  end(id: number): void {
    const subscription = this.#open.get(id)
    this.#open.delete(id)
    subscription?.feed.close()
  }

  close(): void {
    for (const id of [...this.#open.keys()]) this.end(id)
  }

  #fail(id: number, topic: string, error: unknown): void {
    this.end(id)
    this.#answers.failed(id, `The topic ${topic}`, error)
  }

  /** Called from within the source's push, where nothing may throw. */
  #deliver(id: number, topic: TopicName, seq: number, payload: unknown): void {
    try {
      if (this.#parts.areResultsChecked === true) {
        checked(`The payload of ${topic}`, TOPICS[topic].payload, payload)
      }
      this.#answers.event(id, seq, payload)
    } catch (error) {
      this.#fail(id, topic, error)
    }
  }

  #feedOf(id: number, topic: TopicName, args: unknown): TopicFeed {
    const source = this.#parts.topics[topic]
    const open = source.open.bind(source) as ErasedSource
    const deliver: Deliver = (seq, payload) => this.#deliver(id, topic, seq, payload)
    if (isLog(topic)) return new LogFeed(topic, args as { readonly since: number }, open, deliver)
    return new SnapshotFeed((push) => open(args, push), deliver)
  }
}

function isTopic(name: string): name is TopicName {
  return Object.hasOwn(TOPICS, name)
}

function isLog(topic: TopicName): topic is LogTopicName {
  return TOPICS[topic].kind === 'log'
}

function tooManySubscriptions(): SwitchyardError {
  const message = `${MAX_SUBSCRIPTIONS} subscriptions are open already, which is the most that a page may have.`
  return new SwitchyardError('TOO_MANY_CALLS', message)
}
