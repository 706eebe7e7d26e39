/** From a document of unknown origin to settings, with every problem at once. */
import { formatPath, type ConfigPath, type ConfigProblem } from '../model/config-problem.ts'
import { configSchema } from '../model/config-schema.ts'
import type { NotificationSettings } from '../model/notification-settings.ts'
import type { EngineSettings } from '../model/settings.ts'
import { crossCheck } from './cross-checks.ts'
import { describeIssue } from './describe-issue.ts'
import { findUnsafe } from './document-limits.ts'
import type { Finding, Place } from './finding.ts'
import { lint } from './lint.ts'
import { lintNotification } from './lint-notification.ts'
import { resolveNotification } from './resolve-notification.ts'
import {
  lintSecrets,
  resolveSecrets,
  type ResolvedSecrets,
  type SecretAccess
} from './resolve-secrets.ts'
import { resolveSettings } from './resolve-settings.ts'

export interface ParseOptions {
  /** Only for messages. */
  readonly file: string
  /** Where relative paths of the document start; absolute. */
  readonly baseDir: string
  /** Absent for those who want to know the shape of a document and run nothing of it. */
  readonly secrets?: SecretAccess
  /** Absent for documents that came without their text. */
  readonly locate?: (path: ConfigPath, at: 'key' | 'value') => Place
}

export type ParseResult =
  | {
      readonly ok: true
      /** Plain JSON, with the values of secrets: it stays in the process that has read them. */
      readonly settings: EngineSettings
      /** For the control plane, likewise with the values of secrets. */
      readonly notification: NotificationSettings
      /** As it was written, plain JSON: what the control protocol carries. */
      readonly document: unknown
      readonly warnings: readonly ConfigProblem[]
    }
  | {
      readonly ok: false
      readonly problems: readonly ConfigProblem[]
      readonly warnings: readonly ConfigProblem[]
    }

/** Never throws. Problems come in the order of the text. */
export function parseDocument(document: unknown, options: ParseOptions): ParseResult {
  const unsafe = findUnsafe(document)
  if (unsafe.length > 0) return refused(unsafe, options)
  const { document: complete, findings } = withSecrets(document, options)
  const parsed = configSchema.safeParse(complete, { reportInput: true })
  const fitting = [...findings, ...crossCheck(document)]
  if (!parsed.success) {
    return refused(
      [...parsed.error.issues.flatMap((issue) => describeIssue(issue)), ...fitting],
      options
    )
  }
  if (fitting.length > 0) return refused(fitting, options)
  const settings = resolveSettings(parsed.data, options.baseDir)
  const notification = resolveNotification(parsed.data, options.baseDir)
  const doubtful = [
    ...lint(parsed.data, settings),
    ...lintNotification(parsed.data, notification),
    ...lintSecrets(document)
  ]
  return { ok: true, settings, notification, document, warnings: located(doubtful, options) }
}

function withSecrets(document: unknown, { secrets, baseDir }: ParseOptions): ResolvedSecrets {
  if (secrets === undefined) return { document, findings: [] }
  return resolveSecrets(document, { ...secrets, baseDir })
}

function refused(findings: readonly Finding[], options: ParseOptions): ParseResult {
  return { ok: false, problems: located(findings, options), warnings: [] }
}

function located(findings: readonly Finding[], options: ParseOptions): readonly ConfigProblem[] {
  const problems = findings.map((finding): ConfigProblem => {
    const place = options.locate?.(finding.path, finding.at)
    return {
      code: finding.code,
      file: options.file,
      line: place?.line ?? null,
      column: place?.column ?? null,
      width: place?.width ?? 1,
      path: formatPath(finding.path),
      message: finding.message,
      hint: finding.hint
    }
  })
  return inOrder(problems)
}

/** By place; what has none keeps its order. */
export function inOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
  )
}
