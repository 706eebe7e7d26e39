/** Contract of the marks: a problem covers its word, wherever it points, and names its fix. */
import { describe, expect, test } from 'vitest'
import type { ConfigProblemLine } from '../../../../preload/contract/workspace-state.ts'
import { textOf, lineBreakOf, markedText } from './document-text.ts'
import { problemMarks, suggestedWord } from './problem-marks.ts'

const problem = (line: number, column: number, suggestion: string | null = null) =>
  ({
    severity: 'error',
    line,
    column,
    path: '',
    message: 'No.',
    suggestion
  }) satisfies ConfigProblemLine

function marked(text: string, one: ConfigProblemLine): string {
  const [mark] = problemMarks(markedText(textOf(text)), [one])
  return text.slice(mark?.from, mark?.to)
}

describe('what is marked', () => {
  const TEXT = 'version: 1\n  - { weigt: 2, address: "a b" }\n\n  last: x, '
  test.each([
    ['a key', 2, 7, 'weigt'],
    ['a value', 2, 14, '2'],
    ['a quoted text', 2, 26, '"a b"'],
    ['a sign', 2, 5, '{'],
    ['an address with a colon', 1, 1, 'version'],
    ['a column behind the line', 1, 99, ''],
    ['an empty line', 3, 1, ''],
    ['no line: the first', 0, 0, 'version: 1'],
    ['no column: the line', 4, 0, 'last: x,'],
    ['a line behind the end: the last', 99, 3, 'last: x,']
  ])('%s', (_title, line, column, expected) => {
    expect(marked(TEXT, problem(line, column))).toBe(expected)
  })

  test('an address is one word', () => {
    expect(marked('address: 127.0.0.1:80', problem(1, 10))).toBe('127.0.0.1:80')
  })
})

describe('the word that a suggestion names', () => {
  test.each([
    ['Did you mean `weight`?', 'weight'],
    ['Did you mean "demo"?', 'demo'],
    ['Did you mean round_robin? Use one of round_robin, random.', 'round_robin'],
    ['Take it out until a version acts on it.', null],
    ['Add `name` here.', null],
    ['Did you mean `a: b`?', null]
  ])('%s', (suggestion, expected) => {
    expect(suggestedWord(suggestion)).toBe(expected)
  })

  test('is no fix where nothing stands that it could replace', () => {
    const [mark] = problemMarks(markedText(textOf('a:\n\n')), [problem(2, 1, 'Did you mean `b`?')])
    expect(mark?.fix).toBeNull()
  })
})

test('line breaks of a file are recognised', () => {
  expect(lineBreakOf('a\r\nb\r\n')).toBe('\r\n')
  expect(lineBreakOf('a\nb')).toBe('\n')
  expect(textOf('a\r\nb\rc\nd').lines).toBe(4)
})
