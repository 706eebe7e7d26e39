/** Contract: of conditions only those are understood that compare one field with one fixed value, and their conjunctions. */
import { describe, expect, test } from 'vitest'
import type { TomlValue } from '../toml/toml-document.ts'
import { readCondition, readFieldPath } from './condition.ts'

function textOf(text: string): TomlValue {
  return { kind: 'text', text }
}

describe('a condition', () => {
  test.each([
    ['.part == 0', [{ kind: 'number', field: ['part'], number: 0 }]],
    ['partition == 12', [{ kind: 'number', field: ['partition'], number: 12 }]],
    ['to_int!(.part) == 1', [{ kind: 'number', field: ['part'], number: 1 }]],
    ['."X-Team" == "blue"', [{ kind: 'text', field: ['X-Team'], text: 'blue' }]],
    ["string!(.x) == 'a b'", [{ kind: 'text', field: ['x'], text: 'a b' }]],
    [
      '%http_server.headers."X-A" == ""',
      [{ kind: 'text', field: ['http_server', 'headers', 'X-A'], text: '' }]
    ],
    ['starts_with(.path, "/api")', [{ kind: 'prefix', field: ['path'], text: '/api' }]],
    ['starts_with!( string!(.path) , "/" )', [{ kind: 'prefix', field: ['path'], text: '/' }]],
    [
      ' .part == 1 && .x == "y" ',
      [
        { kind: 'number', field: ['part'], number: 1 },
        { kind: 'text', field: ['x'], text: 'y' }
      ]
    ]
  ])('%s is understood', (text, terms) => {
    expect(readCondition(textOf(text))).toEqual(terms)
  })

  test.each([
    '',
    '.part',
    '.part = 0',
    '.part != 0',
    '.part == 0 || .part == 1',
    '!(.part == 0)',
    '.part == -1',
    '.part == 1.5',
    '.part == 12345678901',
    '.a == .b',
    '.a == "x" && exists(.b)',
    '.a == "x && y"',
    '.a == "x\\"y"',
    'starts_with(.path, "/api", case_sensitive: false)',
    '.a[0] == 1',
    `.${'a'.repeat(2000)} == 1`
  ])('%s is not', (text) => {
    expect(readCondition(textOf(text))).toBeNull()
  })

  test('as a table it is understood when it is VRL', () => {
    const table = (type: string): TomlValue => {
      const place = { line: 1, column: 1, width: 1 }
      const entry = (text: string) => ({ path: [], place, value: textOf(text) })
      return {
        kind: 'table',
        table: new Map([
          ['type', entry(type)],
          ['source', entry('.a == 1')]
        ])
      }
    }
    expect(readCondition(table('vrl'))).toEqual([{ kind: 'number', field: ['a'], number: 1 }])
    expect(readCondition(table('datadog_search'))).toBeNull()
    expect(readCondition({ kind: 'number', number: 1, written: '1' })).toBeNull()
  })
})

test.each([
  ['.a.b', ['a', 'b']],
  ['headers.x-process-id', ['headers', 'x-process-id']],
  ['."a.b"."c d"', ['a.b', 'c d']],
  ['%http.x', ['http', 'x']],
  ['', undefined],
  ['.', undefined],
  ['a b', undefined],
  ['.a..b', undefined],
  ['.a[0]', undefined]
])('the path %j is %j', (text, path) => {
  expect(readFieldPath(text)).toEqual(path)
})
