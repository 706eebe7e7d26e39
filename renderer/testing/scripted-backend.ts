/**
 * A console backend for tests that pushes what the test says and answers as the test says. All of
 * it is checked against the contract, so that no test can agree with a host that does not exist.
 */
import {
  METHODS,
  type MethodArgs,
  type MethodName,
  type MethodResult
} from '../../preload/contract/methods.ts'
import type { Hello } from '../../preload/contract/hello.ts'
import {
  TOPICS,
  type TopicArgs,
  type TopicName,
  type TopicPayload
} from '../../preload/contract/topics.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { Arguments, ConnectionState, ConsoleBackend } from '../backend/console-backend.ts'

type Answers = {
  [Name in MethodName]?: (
    args: MethodArgs<Name>
  ) => MethodResult<Name> | Promise<MethodResult<Name>>
}

interface Subscription {
  readonly topic: TopicName
  readonly args: unknown
  readonly onPayload: (payload: never) => void
}

export const HELLO: Hello = {
  version: '0.0.0',
  contract: 'test',
  host: { kind: 'web', nodeVersion: '24.0.0', platform: 'linux', hostName: 'box' },
  abilities: {
    hasFileDialogs: false,
    hasNotifications: false,
    hasTray: false,
    hasNativeMenu: false,
    canOpenExternal: false,
    isInBrowser: true
  }
}

export class ScriptedBackend implements ConsoleBackend {
  readonly hello: Hello
  /** Of every call, in order. */
  readonly calls: { readonly name: MethodName; readonly args: unknown }[] = []
  answers: Answers = {}
  connection: ConnectionState = { kind: 'open' }
  readonly #subscriptions = new Set<Subscription>()
  readonly #listeners = new Set<(state: ConnectionState) => void>()

  constructor(hello: Hello = HELLO) {
    this.hello = hello
  }

  /** Names of the topics that are subscribed to, sorted. */
  get topics(): readonly TopicName[] {
    return [...this.#subscriptions].map(({ topic }) => topic).sort()
  }

  /** Arguments of the subscriptions to a topic. */
  argumentsOf(topic: TopicName): readonly unknown[] {
    return [...this.#subscriptions].filter((one) => one.topic === topic).map(({ args }) => args)
  }

  push<Name extends TopicName>(topic: Name, payload: TopicPayload<Name>): void {
    const checked = TOPICS[topic].payload.parse(payload) as never
    for (const one of [...this.#subscriptions]) if (one.topic === topic) one.onPayload(checked)
  }

  connect(state: ConnectionState): void {
    this.connection = state
    for (const listener of [...this.#listeners]) listener(state)
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async call<Name extends MethodName>(
    name: Name,
    args: MethodArgs<Name>
  ): Promise<MethodResult<Name>> {
    this.calls.push({ name, args: METHODS[name].args.parse(args) })
    const answer = this.answers[name]
    if (answer === undefined) throw new SwitchyardError('METHOD_UNKNOWN', `No answer for ${name}.`)
    return METHODS[name].result.parse(await answer(args)) as MethodResult<Name>
  }

  subscribe<Name extends TopicName>(
    topic: Name,
    args: Arguments<TopicArgs<Name>>,
    onPayload: (payload: TopicPayload<Name>) => void
  ): () => void {
    const given = typeof args === 'function' ? args() : args
    const one: Subscription = { topic, args: TOPICS[topic].args.parse(given), onPayload }
    this.#subscriptions.add(one)
    return () => void this.#subscriptions.delete(one)
  }
}
