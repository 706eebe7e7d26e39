/** What answers the calls of the contract: one function per method, each owned by its service. */
import type { MethodArgs, MethodName, MethodResult } from '../../preload/contract/methods.ts'

export interface CallContext {
  /** Aborted when the caller cancels, and for queries also when its page is gone. */
  readonly signal: AbortSignal
  /** For the audit: "operator (browser)", "operator (desktop)". */
  readonly actor: string
}

/**
 * The arguments have been checked against the method's schema. An error that the operator shall
 * understand is a SwitchyardError; any other is logged and told as INTERNAL.
 */
export type MethodHandler<Name extends MethodName> = (
  args: MethodArgs<Name>,
  call: CallContext
) => MethodResult<Name> | Promise<MethodResult<Name>>

export type MethodHandlers = { readonly [Name in MethodName]: MethodHandler<Name> }
