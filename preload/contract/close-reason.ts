/** Why a channel closed, as text that any transport can carry: a catalogue code and a sentence. */
import { ERROR_CATALOGUE, type ErrorCode } from '../../proxy-core/model/error-catalogue.ts'

export function closeReason(code: ErrorCode, sentence: string): string {
  return `${code}: ${sentence}`
}

export interface CloseCause {
  /** CONNECTION_LOST where the reason names none: the transport broke by itself. */
  readonly code: ErrorCode
  readonly sentence: string
}

export function causeOfClose(reason: string): CloseCause {
  const [, word = '', sentence = ''] = /^([A-Z_]+): (.*)$/s.exec(reason) ?? []
  const isCode = Object.hasOwn(ERROR_CATALOGUE, word)
  return isCode
    ? { code: word as ErrorCode, sentence }
    : { code: 'CONNECTION_LOST', sentence: reason }
}
