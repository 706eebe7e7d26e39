/** A text of a configuration with everything that can be said of it without running it. */
import { createHash } from 'node:crypto'
import { loadConfig } from '../../../proxy-core/config/load-config.ts'
import type { ParseResult } from '../../../proxy-core/config/parse-document.ts'
import type { SecretAccess } from '../../../proxy-core/config/resolve-secrets.ts'
import { CONFIG_PROBLEMS, type ConfigProblem } from '../../../proxy-core/model/config-problem.ts'
import type { EngineSettings } from '../../../proxy-core/model/settings.ts'
import type { ConfigProblemLine } from '../../../preload/contract/workspace-state.ts'
import type { EngineLoad } from '../../engine-host/engine-link.ts'

/** Whose text it is: messages and relative paths need it. */
export interface TextOrigin {
  /** Absolute path; "demo" for the demo. */
  readonly file: string
  /** Absolute. */
  readonly baseDir: string
}

export interface ConfigText {
  readonly text: string
  readonly hash: string
  readonly origin: TextOrigin
  readonly result: ParseResult
}

/** One that can be run. */
export type ValidText = ConfigText & { readonly result: Extract<ParseResult, { ok: true }> }

/** What the page is shown of the problems of one text. */
const MAX_PROBLEMS = 200

/** The store is asked when the text is run (`engine/stored-secrets.ts`): asking it takes time. */
const SECRETS: SecretAccess = { environment: process.env, stored: { kind: 'later' } }

export function readConfigText(text: string, origin: TextOrigin): ConfigText {
  const result = loadConfig(text, { ...origin, secrets: SECRETS })
  return { text, hash: hashOf(text), origin, result }
}

export function isValid(config: ConfigText): config is ValidText {
  return config.result.ok
}

export function settingsOf(config: ConfigText | null): EngineSettings | null {
  return config?.result.ok ? config.result.settings : null
}

export function loadOf({ result, origin }: ValidText): EngineLoad {
  return { document: result.document, ...origin }
}

/** Errors and warnings in the order of the text. */
export function problemLinesOf({ result }: ConfigText): readonly ConfigProblemLine[] {
  const problems = result.ok ? result.warnings : [...result.problems, ...result.warnings]
  return problems.slice(0, MAX_PROBLEMS).map(problemLine)
}

/** A problem of the file as a whole, such as one that cannot be read. */
export function wholeFileProblem(message: string): ConfigProblemLine {
  return { severity: 'error', line: 0, column: 0, path: '', message, suggestion: null }
}

/** SHA-256 in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Whoever writes a key of a thousand characters knows it by its beginning. */
const MAX_WORDS = 400
const MAX_PLACE = 200

function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

function problemLine(problem: ConfigProblem): ConfigProblemLine {
  return {
    severity: CONFIG_PROBLEMS[problem.code].severity === 'problem' ? 'error' : 'warning',
    line: problem.line ?? 0,
    column: problem.column ?? 0,
    path: clipped(problem.path, MAX_PLACE),
    message: clipped(problem.message, MAX_WORDS),
    suggestion: problem.hint && clipped(problem.hint, MAX_PLACE)
  }
}
