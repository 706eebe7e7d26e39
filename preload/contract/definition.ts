/** How a method and a topic of the contract are declared; the registries are made of these. */
import type { z } from 'zod'

export interface MethodDefinition<
  Args extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType
> {
  readonly args: Args
  readonly result: Result
  /** Changes something: the call carries an operation id, and its result is kept for a repeat. */
  readonly isMutating: boolean
}

export interface TopicDefinition<
  Args extends z.ZodType = z.ZodType,
  Payload extends z.ZodType = z.ZodType
> {
  readonly args: Args
  readonly payload: Payload
  /**
   * `snapshot`: each payload replaces the one before, and those between are dropped while one is
   * unacknowledged. `log`: payloads continue each other; the arguments carry `since`, and what
   * was lost in between is named by a `gap`.
   */
  readonly kind: 'snapshot' | 'log'
}

export function query<Args extends z.ZodType, Result extends z.ZodType>(
  args: Args,
  result: Result
): MethodDefinition<Args, Result> {
  return { args, result, isMutating: false }
}

export function mutation<Args extends z.ZodType, Result extends z.ZodType>(
  args: Args,
  result: Result
): MethodDefinition<Args, Result> {
  return { args, result, isMutating: true }
}

export function snapshotTopic<Args extends z.ZodType, Payload extends z.ZodType>(
  args: Args,
  payload: Payload
): TopicDefinition<Args, Payload> {
  return { args, payload, kind: 'snapshot' }
}

export function logTopic<Args extends z.ZodType, Payload extends z.ZodType>(
  args: Args,
  payload: Payload
): TopicDefinition<Args, Payload> {
  return { args, payload, kind: 'log' }
}
