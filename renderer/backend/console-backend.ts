/**
 * The one door between the page and the control plane. Screens and state classes know this
 * interface only: which transport is behind it, and how often it was reopened, is not theirs.
 */
import type { MethodArgs, MethodName, MethodResult } from '../../preload/contract/methods.ts'
import type { Hello } from '../../preload/contract/hello.ts'
import type { TopicArgs, TopicName, TopicPayload } from '../../preload/contract/topics.ts'

export type ConnectionState =
  | { readonly kind: 'open' }
  /** Lost, and tried again by itself; `attempt` counts from 1. */
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly reason: string }
  /** It will not come back by itself; `reason` is a sentence. */
  | {
      readonly kind: 'closed'
      readonly cause: 'refused' | 'no_key' | 'gone'
      readonly reason: string
    }

export interface CallOptions {
  /** Cancels the call: the host stops what can be stopped, the promise rejects with CANCELLED. */
  readonly signal?: AbortSignal
  /** Of a change: the same id again gets the first answer again instead of a second change. */
  readonly operationId?: string
}

/** A function is asked again at every reopening: a log goes on where it broke off. */
export type Arguments<Args> = Args | (() => Args)

export interface ConsoleBackend {
  readonly hello: Hello
  readonly connection: ConnectionState
  /** Called on every change from now on; returns its removal. */
  onConnection(listener: (state: ConnectionState) => void): () => void
  /**
   * @throws SwitchyardError with the host's code and sentence; CONNECTION_LOST while there is no
   * connection; OUTCOME_UNKNOWN when it broke before a change was answered.
   */
  call<Name extends MethodName>(
    name: Name,
    args: MethodArgs<Name>,
    options?: CallOptions
  ): Promise<MethodResult<Name>>
  /** Lives on over reconnections until the returned function is called. */
  subscribe<Name extends TopicName>(
    topic: Name,
    args: Arguments<TopicArgs<Name>>,
    onPayload: (payload: TopicPayload<Name>) => void
  ): () => void
}
