/**
 * Problems and warnings for a terminal: place, sentence, the line itself with the spot
 * marked, and what to write instead. Everything that comes from the file is stripped of
 * control characters, so that a file cannot move the cursor of who checks it.
 */
import { CONFIG_PROBLEMS, type ConfigProblem } from '../model/config-problem.ts'

export interface FormatOptions {
  /** Whether escape sequences for colours may be used. */
  readonly colour: boolean
  /** The text of the file; absent, no lines are shown. */
  readonly source?: string
}

/** Columns of the source line that are shown. */
const MAX_LINE_WIDTH = 100
/** Columns that stay visible before the marked spot of a long line. */
const CONTEXT_WIDTH = 40

const RED = '31'
const YELLOW = '33'
const BLUE = '34'
const BOLD = '1'

/** One block per problem, an empty line between two, no newline at the end; '' for none. */
export function formatProblems(problems: readonly ConfigProblem[], options: FormatOptions): string {
  const lines = options.source?.split(/\r?\n/)
  return problems.map((problem) => formatProblem(problem, lines, options.colour)).join('\n\n')
}

function formatProblem(
  problem: ConfigProblem,
  lines: readonly string[] | undefined,
  colour: boolean
): string {
  const paint = (text: string, style: string): string =>
    colour ? `\u001b[${style}m${text}\u001b[0m` : text
  const { severity } = CONFIG_PROBLEMS[problem.code]
  const style = severity === 'problem' ? RED : YELLOW
  const label = severity === 'problem' ? 'error' : 'warning'
  const heading = `${paint(placeOf(problem), BOLD)}: ${paint(`${label}[${problem.code}]`, style)}`
  const output = [`${heading} ${printable(problem.message)}`]
  if (problem.path !== '') output[0] += ` (${printable(problem.path)})`
  const line = problem.line === null ? undefined : lines?.[problem.line - 1]
  if (line !== undefined) output.push(...excerpt(problem, line, (text) => paint(text, style)))
  if (problem.hint !== null) output.push(`  ${paint('hint:', BLUE)} ${printable(problem.hint)}`)
  return output.join('\n')
}

/** `file:line:column`, which editors and terminals turn into a link. */
function placeOf(problem: ConfigProblem): string {
  const file = printable(problem.file)
  if (problem.line === null) return file
  return `${file}:${String(problem.line)}:${String(problem.column ?? 1)}`
}

function excerpt(
  problem: ConfigProblem,
  line: string,
  mark: (text: string) => string
): readonly string[] {
  const gutter = `${String(problem.line ?? 1).padStart(5)} | `
  const column = Math.max(0, (problem.column ?? 1) - 1)
  const start = line.length > MAX_LINE_WIDTH ? Math.max(0, column - CONTEXT_WIDTH) : 0
  const shown = printable(masked(line, problem.path).slice(start, start + MAX_LINE_WIDTH))
  const indent = column - start
  const width = Math.max(1, Math.min(problem.width, shown.length - indent))
  return [
    `${gutter}${shown}`,
    `${' '.repeat(gutter.length - 2)}| ${' '.repeat(indent)}${mark('^'.repeat(width))}`
  ]
}

/**
 * A key that may hold a secret, also misspelt, and the value after it unless that is a
 * mapping such as `{ env: NAME }`. What `run` prints ends up in logs.
 */
const SECRET_ENTRY =
  /([\w-]*(?:pas+w|pwd|secret|token|url)[\w-]*["']?\s*:\s*)(?![\s{])("(?:[^"\\]|\\.)*"?|'[^']*'?|[^,}#]+)/gi

/** The key of sticky cookies has a name that elsewhere is a path or a field, such as `tls.key`. */
const STICKY_KEY = /(\bkey["']?\s*:\s*)(?![\s{])("(?:[^"\\]|\\.)*"?|'[^']*'?|[^,}#]+)/gi
const STICKY_LINE = /\b(?:sticky|cookie)\b/

function masked(line: string, path: string): string {
  const isOfSticky = STICKY_LINE.test(line) || path.endsWith('sticky.key')
  const hidden = (text: string, entry: RegExp): string =>
    text.replaceAll(entry, (_, key: string, value: string) => key + '•'.repeat(value.length))
  const shown = hidden(line, SECRET_ENTRY)
  return isOfSticky ? hidden(shown, STICKY_KEY) : shown
}

/** Controls (C0, C1), line separators, and what turns the direction of writing around. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu

/** One character for one, so that the mark stays under its spot. */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(UNPRINTABLE, '·')
}
