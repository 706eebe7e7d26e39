/** A configuration that is not taken, as one entry of the log. */
import { formatProblems } from '../../../proxy-core/config/format-problems.ts'
import { CONFIG_PROBLEMS, type ConfigProblem } from '../../../proxy-core/model/config-problem.ts'
import { ERROR_CATALOGUE, type ErrorCode } from '../../../proxy-core/model/error-catalogue.ts'
import type { LoadProblem } from '../../../proxy-core/model/control-protocol.ts'
import type { ReadConfig } from '../../config-file/config-file.ts'
import type { LogEntry } from './operator-log.ts'

/** For every problem its place, its line and the nearest known key. */
export function problemsEntry(
  consequence: string,
  { file, text }: ReadConfig,
  problems: readonly ConfigProblem[],
  colour: boolean
): LogEntry {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  const list = formatProblems(problems, { colour, source: text })
  return {
    level: 'error',
    message: `${file} has ${count}. ${consequence}\n${list}`,
    details: { code: 'CONFIG_INVALID', problems }
  }
}

/** One entry per warning: each is a thing of its own to decide about. */
export function warningEntry(warning: ConfigProblem, text: string, colour: boolean): LogEntry {
  return {
    level: 'warning',
    message: formatProblems([warning], { colour, source: text }),
    details: { code: warning.code, remedy: CONFIG_PROBLEMS[warning.code].remedy, problem: warning }
  }
}

/** The engine said no to a configuration that has no problem in itself. */
export function engineRefusalEntry(
  consequence: string,
  refusal: {
    readonly code: ErrorCode
    readonly reason: string
    readonly problems: readonly LoadProblem[]
  }
): LogEntry {
  const list = refusal.problems.map(({ path, message }) => `\n${path || 'document'}: ${message}`)
  const { remedy } = ERROR_CATALOGUE[refusal.code]
  return {
    level: 'error',
    message: `${refusal.reason} ${consequence} ${remedy}${list.join('')}`,
    details: { code: refusal.code, problems: refusal.problems }
  }
}
