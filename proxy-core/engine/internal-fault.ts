/** The event for an error that should not happen: what, and where it was thrown. */
import type { EngineEventBody } from '../model/engine-event.ts'

export function internalFault(error: unknown): EngineEventBody {
  return { kind: 'fault', code: 'INTERNAL', reason: describeError(error) }
}

/** The message and its origin in one line: enough for a bug report, no stack trace. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const origin = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  const what = `${error.name}: ${error.message}`
  return origin === undefined ? what : `${what} (${origin.trim()})`
}
