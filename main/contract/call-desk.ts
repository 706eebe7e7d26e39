/** The open calls of one channel: checked, run, cancelled and answered exactly once each. */
import { METHODS, type MethodName } from '../../preload/contract/methods.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { isAbort } from './contract-error.ts'
import { MAX_OPEN_CALLS, type ContractParts } from './contract-parts.ts'
import type { CallContext } from './method-handlers.ts'
import { checked, checkedArguments } from './schema-check.ts'

export interface Call {
  readonly id: number
  readonly method: string
  readonly args: unknown
  readonly operationId: string | undefined
}

export interface CallAnswers {
  ok(id: number, result: unknown): void
  failed(id: number, subject: string, error: unknown): void
}

interface OpenCall {
  readonly cancelling: AbortController
  readonly isMutating: boolean
}

type ErasedHandler = (args: unknown, call: CallContext) => unknown

export class CallDesk {
  readonly #parts: ContractParts
  readonly #answers: CallAnswers
  readonly #open = new Map<number, OpenCall>()

  constructor(parts: ContractParts, answers: CallAnswers) {
    this.#parts = parts
    this.#answers = answers
  }

  has(id: number): boolean {
    return this.#open.has(id)
  }

  async take(call: Call): Promise<void> {
    const subject = `The call ${call.method}`
    try {
      this.#answers.ok(call.id, await this.#run(call))
    } catch (error) {
      this.#answers.failed(call.id, subject, error)
    } finally {
      this.#open.delete(call.id)
    }
  }

  cancel(id: number): void {
    this.#open.get(id)?.cancelling.abort()
  }

  /** The page is gone: nobody waits for reads; a change goes on, and its outcome is kept. */
  close(): void {
    for (const { cancelling, isMutating } of this.#open.values()) {
      if (!isMutating) cancelling.abort()
    }
  }

  async #run({ id, method, args, operationId }: Call): Promise<unknown> {
    if (!isMethod(method)) throw unknownName('call', method)
    const definition = METHODS[method]
    if (this.#open.size >= MAX_OPEN_CALLS) throw tooManyCalls()
    const cancelling = new AbortController()
    this.#open.set(id, { cancelling, isMutating: definition.isMutating })
    const valid = checkedArguments(method, definition.args, args)
    const perform = (): Promise<unknown> => this.#perform(method, valid, cancelling.signal)
    if (!definition.isMutating) return perform()
    if (operationId === undefined) throw operationIdMissing(method)
    return this.#parts.operations.run({ id: operationId, method, args: valid }, perform)
  }

  /** `async`, so that a handler which throws at once is the same as one which rejects. */
  async #perform(method: MethodName, args: unknown, signal: AbortSignal): Promise<unknown> {
    const handle = this.#parts.handlers[method] as unknown as ErasedHandler
    try {
      const result = await handle(args, { signal, actor: this.#parts.actor })
      if (this.#parts.areResultsChecked === true) {
        checked(`The result of ${method}`, METHODS[method].result, result)
      }
      return result
    } catch (error) {
      if (signal.aborted && isAbort(error)) {
        throw new SwitchyardError('CANCELLED', `The call ${method} was cancelled.`)
      }
      throw error
    }
  }
}

/** By own key: `__proto__` and `constructor` are no methods. */
function isMethod(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name)
}

export function unknownName(noun: 'call' | 'topic', name: string): SwitchyardError {
  return new SwitchyardError('METHOD_UNKNOWN', `The host knows no ${noun} "${name}".`)
}

function tooManyCalls(): SwitchyardError {
  const message = `${MAX_OPEN_CALLS} calls are open already, which is the most that a page may have.`
  return new SwitchyardError('TOO_MANY_CALLS', message)
}

function operationIdMissing(method: string): SwitchyardError {
  const message = `The call ${method} changes something and came without an operation id.`
  return new SwitchyardError('OPERATION_ID_REQUIRED', message)
}
