/** Problems of the check as ranges of the text, and the fix that their suggestion names. */
import type { ConfigProblemLine } from '../../../../preload/contract/workspace-state.ts'
import type { LineSource } from './yaml-place.ts'

export interface ProblemMark {
  /** Offsets in UTF-16 units; `to` is after `from` unless the text is empty there. */
  readonly from: number
  readonly to: number
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** A sentence; null = there is none. */
  readonly suggestion: string | null
  /** What would be written in the place of the range; null = it takes a person. */
  readonly fix: string | null
}

export interface MarkedText extends LineSource {
  /** Of the first character of a line. */
  offset(number: number): number
}

export function problemMarks(
  text: MarkedText,
  problems: readonly ConfigProblemLine[]
): readonly ProblemMark[] {
  return problems.map(({ severity, line, column, message, suggestion }) => {
    const { from, to } = rangeOf(text, line, column)
    const replacement = suggestion === null ? null : suggestedWord(suggestion)
    // Of an older text the problem may point behind its end.
    const fix = from === to ? null : replacement
    return { from, to, severity, message, suggestion, fix }
  })
}

/** "Did you mean `weight`?" names weight; a sentence names nothing. */
export function suggestedWord(suggestion: string): string | null {
  const named = /^Did you mean (?:`([^`]+)`|"([^"]+)"|([^\s?]+))\?/.exec(suggestion)
  const word = named?.[1] ?? named?.[2] ?? named?.[3] ?? null
  return word !== null && /^[A-Za-z0-9_][\w.:/-]*$/.test(word) ? word : null
}

/** The word at a line and column, both from 1; the first line where no line is known. */
function rangeOf(
  text: MarkedText,
  line: number,
  column: number
): { readonly from: number; readonly to: number } {
  const number = Math.max(1, Math.min(text.lineCount, line))
  const content = text.line(number)
  const isKnown = line === number && column > 0
  const start = isKnown
    ? Math.min(column - 1, content.length)
    : content.length - content.trimStart().length
  const end = isKnown ? start + wordLength(content.slice(start)) : content.trimEnd().length
  const base = text.offset(number)
  return { from: base + start, to: base + Math.max(start, end) }
}

function wordLength(rest: string): number {
  const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(rest)
  if (quoted !== null) return quoted[0].length
  const word = /^[^\s,:{}[\]#]+(?::[^\s,{}[\]]+)*/.exec(rest)
  return word?.[0].length ?? Math.min(1, rest.length)
}
