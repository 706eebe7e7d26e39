/**
 * What the body of a probed page must contain: text, or a pattern between slashes. An
 * operator's pattern may need exponential time, and it runs on the thread that carries the
 * traffic, so it gets a time limit.
 */
import { createContext, Script, type Context } from 'node:vm'
import { errorCode } from './socket-failure.ts'

/** How much of a body is looked at. */
export const MATCHED_BYTES = 65_536
/** How long a pattern may take on it: a thousand times what an honest one needs. */
export const PATTERN_TIME_MS = 50

const PATTERN = /^\/(.+)\/$/s

export type BodyMatch = 'found' | 'missing' | 'too_slow'

/** `expected` as `HealthCheckSettings.bodyMatch` has it. Throws SyntaxError on a bad pattern. */
export function matchBody(body: Buffer, expected: string): BodyMatch {
  const source = PATTERN.exec(expected)?.[1]
  if (source === undefined) return body.includes(expected) ? 'found' : 'missing'
  return matchPattern(new RegExp(source), body.toString('utf8'))
}

interface Sandbox {
  pattern: RegExp | null
  text: string
}

const script = new Script('pattern.test(text)')
const sandbox: Sandbox = { pattern: null, text: '' }
let context: Context | null = null

/** V8 checks for termination while it backtracks, so the limit of `vm` also stops a pattern. */
function matchPattern(pattern: RegExp, text: string): BodyMatch {
  context ??= createContext(sandbox)
  sandbox.pattern = pattern
  sandbox.text = text
  try {
    return script.runInContext(context, { timeout: PATTERN_TIME_MS }) === true ? 'found' : 'missing'
  } catch (error) {
    if (errorCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too_slow'
    throw error
  } finally {
    sandbox.pattern = null
    sandbox.text = ''
  }
}
