/** From the text of a configuration file to settings, with every problem at its place. */
import type { ConfigProblem } from '../model/config-problem.ts'
import { inOrder, parseDocument, type ParseResult } from './parse-document.ts'
import type { SecretAccess } from './resolve-secrets.ts'
import { readYaml } from './yaml-source.ts'

export interface LoadOptions {
  /** As the operator named it: messages begin with it. */
  readonly file: string
  /** The folder of the file, absolute: relative paths in it start here. */
  readonly baseDir: string
  /** Absent: secrets that the text names are not read. */
  readonly secrets?: SecretAccess
}

export type LoadResult = ParseResult

/**
 * Never throws, whatever the text. A text that is no YAML yields only what is wrong with
 * it as YAML; everything else that is wrong comes at once, in the order of the file.
 */
export function loadConfig(text: string, options: LoadOptions): LoadResult {
  const source = readYaml(text, options.file)
  if (source.document === undefined) return refused(source.problems)
  if (source.document === null) {
    return refused([...source.problems, emptyFile(options.file)])
  }
  const result = parseDocument(source.document, { ...options, locate: source.locate })
  if (source.problems.length === 0) return result
  return refused(result.ok ? source.problems : [...source.problems, ...result.problems])
}

function refused(problems: readonly ConfigProblem[]): LoadResult {
  return { ok: false, problems: inOrder(problems), warnings: [] }
}

function emptyFile(file: string): ConfigProblem {
  return {
    code: 'MISSING',
    file,
    line: 1,
    column: 1,
    width: 1,
    path: '',
    message: 'The file has no content.',
    hint: 'The shortest configuration is a list of `backends`.'
  }
}
