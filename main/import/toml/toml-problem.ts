/** What is wrong with a text as TOML: where, why, and what to do. */
import type { Place } from '../../../proxy-core/config/finding.ts'

export interface TomlProblem {
  readonly code: 'SYNTAX' | 'LIMIT'
  readonly place: Place
  /** A sentence. */
  readonly message: string
  /** A sentence. */
  readonly hint: string
}

/** As the parser reports it: `lineNumber` from 1, `column` from 0, `index` into the text. */
interface Fault {
  readonly message: string
  readonly index: number
  readonly lineNumber: number
  readonly column: number
}

/** Reports of what is missing point behind the gap, which may be the next line or the end. */
const ABOUT_WHAT_IS_BEFORE = /^(?:Expected|Unspecified|Unterminated|The key, equals|No newlines)/

/** By the line that cannot be read. */
const HINTS: readonly (readonly [line: RegExp, hint: string])[] = [
  [
    /^-{3,}$/,
    'A line of dashes parts documents in YAML and sections in Markdown; TOML has no such line. Take it out.'
  ],
  [
    /^(?:```|~~~)/,
    'This is Markdown: import only what stands between two fences, without the fences.'
  ],
  [
    /^[{[]?\s*"[^"]*"\s*:|^[{}]$/,
    'This looks like JSON. Vector itself can turn it into TOML: vector convert-config.'
  ],
  [
    /\$\{?[A-Za-z_]/,
    'Vector puts variables in before it reads the text. Write the value itself, or put the variable between quotation marks.'
  ],
  [
    /^(?:- )?[\w.-]+:(?:\s|$)/,
    'This looks like YAML: TOML writes key = value. Vector itself can turn YAML into TOML: vector convert-config.'
  ]
]

const HINTS_BY_MESSAGE: readonly (readonly [message: RegExp, hint: string])[] = [
  [
    /multiple times/,
    'It is defined further up already; TOML takes each key and table once. Take one of them out.'
  ],
  [/^Unterminated string/, 'Close the text with the quotation mark that it begins with.'],
  [/^Unterminated (?:array|inline)/, 'Close what was opened with a bracket.'],
  [
    /^Expected equal/,
    'A line is a [table], a key = value, or a # comment. Mend it or take it out.'
  ],
  [/^Unspecified/, 'Write a value behind the equals sign; texts stand in quotation marks.'],
  [/curly braces/, 'Write the inline table on one line, or as a [table] of its own.']
]

export function syntaxProblem(text: string, reported: Fault): TomlProblem {
  const fault = valueIsMissing(text, reported)
    ? { ...reported, message: 'Unspecified values are invalid' }
    : reported
  const place = placeOf(text, fault)
  const line = text.split('\n')[place.line - 1]?.trim() ?? ''
  const hint =
    HINTS.find(([form]) => form.test(line))?.[1] ??
    HINTS_BY_MESSAGE.find(([form]) => form.test(fault.message))?.[1] ??
    'Mend this line, then import the file again.'
  const message = `The text is no TOML here: ${lowered(fault.message)}.`
  return { code: 'SYNTAX', place, message, hint }
}

/** The parser looks for the value on the next line, and finds fault with what stands there. */
function valueIsMissing(text: string, { index }: Fault): boolean {
  const before = text.slice(0, index)
  const content = before.trimEnd()
  return content.endsWith('=') && before.slice(content.length).includes('\n')
}

export function unreadableProblem(message: string): TomlProblem {
  const place = { line: 1, column: 1, width: 1 }
  const hint = 'Import only the part that carries HTTP requests, in a file of its own.'
  return { code: 'LIMIT', place, message, hint }
}

function placeOf(text: string, { message, index, lineNumber, column }: Fault): Place {
  const before = text.slice(0, index).trimEnd()
  const isEarlier =
    ABOUT_WHAT_IS_BEFORE.test(message) && text.slice(before.length, index).includes('\n')
  if (!isEarlier) return { line: lineNumber, column: column + 1, width: 1 }
  const start = before.lastIndexOf('\n') + 1
  const content = before.slice(start)
  const indent = content.length - content.trimStart().length
  const line = before.slice(0, start).split('\n').length
  return { line, column: indent + 1, width: Math.max(1, content.length - indent) }
}

function lowered(message: string): string {
  return `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`
}
