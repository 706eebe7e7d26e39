/** The calls that wait for their answer on the present channel. */
import { METHODS, type MethodName } from '../../preload/contract/methods.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

interface PendingCall {
  readonly method: MethodName
  readonly resolve: (result: unknown) => void
  readonly reject: (error: SwitchyardError) => void
  readonly stopListening: () => void
}

export class CallsInFlight {
  readonly #pending = new Map<number, PendingCall>()

  get size(): number {
    return this.#pending.size
  }

  /**
   * Waits for the answer to call `id`. When the signal aborts, `cancel` is called; a query is over
   * with that, a change still waits for its answer, because it may have happened.
   */
  expect(
    id: number,
    method: MethodName,
    cancel: () => void,
    signal: AbortSignal | undefined
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel()
        if (!METHODS[method].isMutating) this.fail(id, cancelled(method))
      }
      signal?.addEventListener('abort', abort, { once: true })
      const stopListening = (): void => signal?.removeEventListener('abort', abort)
      this.#pending.set(id, { method, resolve, reject, stopListening })
    })
  }

  /** False when nobody waits for it, or not any more. */
  settle(id: number, result: unknown): boolean {
    const call = this.#take(id)
    if (call === undefined) return false
    const parsed = METHODS[call.method].result.safeParse(result)
    if (parsed.success) call.resolve(parsed.data)
    else call.reject(invalidAnswer(call.method))
    return true
  }

  /** False when nobody waits for it, or not any more. */
  fail(id: number, error: SwitchyardError): boolean {
    const call = this.#take(id)
    call?.reject(error)
    return call !== undefined
  }

  /** The channel is gone: what was asked is not answered, what was to change may have. */
  lose(reason: string): void {
    for (const [id, { method }] of [...this.#pending]) this.fail(id, lost(method, reason))
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#pending.get(id)
    this.#pending.delete(id)
    call?.stopListening()
    return call
  }
}

export function cancelled(method: MethodName): SwitchyardError {
  return new SwitchyardError('CANCELLED', `The call ${method} was cancelled.`)
}

function lost(method: MethodName, reason: string): SwitchyardError {
  if (METHODS[method].isMutating) {
    const message = `The connection broke before ${method} was answered: ${reason}`
    return new SwitchyardError('OUTCOME_UNKNOWN', message)
  }
  return new SwitchyardError('CONNECTION_LOST', reason)
}

/** Of a change as well: whether it happened is all that is known then. */
function invalidAnswer(method: MethodName): SwitchyardError {
  return new SwitchyardError('FRAME_INVALID', `The answer to ${method} does not fit the contract.`)
}
