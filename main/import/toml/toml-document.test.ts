/** Contract: every key of a TOML text is found at its place, whatever it is called; a damaged text is told where and what to do. */
import { describe, expect, test } from 'vitest'
import {
  leavesOf,
  MAX_TOML_LENGTH,
  readToml,
  type TomlEntry,
  type TomlTable
} from './toml-document.ts'
import type { TomlProblem } from './toml-problem.ts'

function tableOf(text: string): TomlTable {
  const reading = readToml(text)
  if (!reading.ok) throw new Error(JSON.stringify(reading.problem))
  return reading.root
}

function problemOf(text: string): TomlProblem {
  const reading = readToml(text)
  if (reading.ok) throw new Error('the text is good')
  return reading.problem
}

/** `sinks.a.uri 3:1+3`. */
function placed({ path, place }: TomlEntry): string {
  return `${path.join('.')} ${place.line}:${place.column}+${place.width}`
}

function leaves(text: string): readonly string[] {
  return leavesOf(tableOf(text)).map(placed)
}

describe('places', () => {
  test('of keys in tables, of dotted, quoted and inline ones, and of arrays of tables', () => {
    expect(
      leaves(`top = 1
[sources.in]
type = "http_server"
  tls.enabled = true
"a.b"."c d" = [1, 2]
inline = { x = 1, y.z = 'q' }
[[tests]]
name = "one"
[[tests]]
name = "two"
[tests.deep]
key = 1979-05-27
[empty]
`)
    ).toEqual([
      'top 1:1+3',
      'sources.in.type 3:1+4',
      'sources.in.tls.enabled 4:3+11',
      'sources.in.a.b.c d 5:1+11',
      'sources.in.inline.x 6:12+1',
      'sources.in.inline.y.z 6:19+3',
      'tests.0.name 8:1+4',
      'tests.1.name 10:1+4',
      'tests.1.deep.key 12:1+3',
      'empty 13:2+5'
    ])
  })

  test('are the same with the line ends of Windows and behind a byte order mark', () => {
    const text = '[a]\nb = 1\n[a.c]\nd = """\nx\n"""\ne = 2\n'
    expect(leaves(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual(leaves(text))
    expect(leaves(text)).toEqual(['a.b 2:1+1', 'a.c.d 4:1+1', 'a.c.e 7:1+1'])
  })
})

describe('values', () => {
  test('keep what a double cannot hold as it is written', () => {
    const root = tableOf('a = 9_223_372_036_854_775_807\nb = 0x1f\nc = -1.5e3\nd = inf\n')
    expect([...root.values()].map(({ value }) => value)).toEqual([
      { kind: 'number', number: 2 ** 63, written: '9_223_372_036_854_775_807' },
      { kind: 'number', number: 31, written: '0x1f' },
      { kind: 'number', number: -1500, written: '-1.5e3' },
      { kind: 'number', number: Infinity, written: 'inf' }
    ])
  })
})

test('keys that elsewhere reach into every object are keys like any other', () => {
  const text = '[__proto__]\npolluted = 1\n[a.__proto__]\nb = 2\n[constructor.prototype]\nc = 3\n'
  expect(leaves(text)).toEqual([
    '__proto__.polluted 2:1+8',
    'a.__proto__.b 4:1+1',
    'constructor.prototype.c 6:1+1'
  ])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(({} as Record<string, unknown>)['c']).toBeUndefined()
})

describe('a damaged text is refused at its place', () => {
  test.each([
    ['a = 1\n---\n', 2, 1, 3, /line of dashes/],
    ['[a]\nb = 1\n  ---\n[c]\nd = 1\n', 3, 3, 3, /line of dashes/],
    ['a = 1\n```\n', 2, 1, 1, /Markdown/],
    ['sources:\n  in:\n', 1, 8, 1, /looks like YAML/],
    ['{\n  "sources": {}\n}\n', 1, 1, 1, /looks like JSON/],
    ['a = 1\na = 2\n', 2, 1, 1, /further up/],
    ['[a]\n[a]\n', 2, 2, 1, /further up/],
    ['a = \nb = 1\n', 1, 1, 3, /Write a value/],
    ['a = "x\nb = 1\n', 1, 7, 1, /quotation mark/],
    ['a = [1,\n2\n', 2, 1, 1, /bracket/],
    ['a b = 1\n', 1, 3, 1, /key = value/],
    ['port = ${PORT}\n', 1, 8, 1, /variable/],
    ['a = { b = 1,\n c = 2 }\n', 1, 1, 12, /one line/]
  ])('%j: line %d, column %d', (text, line, column, width, hint) => {
    const problem = problemOf(text)
    expect(problem).toMatchObject({ code: 'SYNTAX', place: { line, column, width } })
    expect(problem.hint).toMatch(hint)
    expect(problem.message).toMatch(/^The text is no TOML here: [^A-Z].*\.$/)
  })

  test.each([
    ['too long', `a = "${'x'.repeat(MAX_TOML_LENGTH)}"`],
    ['nested too deeply', `a = ${'['.repeat(100)}${']'.repeat(100)}`],
    ['nested beyond every stack', `a = ${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['dotted too deeply', `${'a.'.repeat(100)}b = 1`]
  ])('a text that is %s has reached a limit', (_, text) => {
    expect(problemOf(text)).toMatchObject({ code: 'LIMIT' })
  })

  test('the longest text that is taken is read in time', () => {
    const sink = '[sinks.sN]\ntype = "http"\nuri = "http://a:80"\n'
    const count = Math.floor(MAX_TOML_LENGTH / (sink.length + 6))
    const text = Array.from({ length: count }, (_, at) => sink.replace('N', String(at))).join('')
    expect(leavesOf(tableOf(text))).toHaveLength(2 * count)
  }, 20_000)
})
