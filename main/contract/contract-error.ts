/** Errors on their way to the page: code, sentence, remedy and plain details, never a stack. */
import type { ContractError } from '../../preload/contract/envelope.ts'
import { ERROR_CATALOGUE, type SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

/** Beyond this the details are left out: they are to help, not to be the message. */
const MAX_DETAIL_CHARACTERS = 20_000

export function contractErrorOf(error: SwitchyardError): ContractError {
  const { code, message, remedy, details } = error
  return { code, message, remedy, details: plain(details) }
}

/** What the operator is told of an error that nobody expected: the log has the rest. */
export function internalError(subject: string): ContractError {
  return {
    code: 'INTERNAL',
    message: `${subject} failed unexpectedly; the log of the console has the details.`,
    remedy: ERROR_CATALOGUE.INTERNAL.remedy,
    details: {}
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function plain(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    const text = JSON.stringify(details)
    if (text.length > MAX_DETAIL_CHARACTERS) return {}
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    // A cycle or a BigInt: the sentence has to do.
    return {}
  }
}
