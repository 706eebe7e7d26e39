/**
 * Contract of the place at a cursor: path, kind, word and siblings, in block and flow style, also
 * in lines that are half typed. A cursor is written as `|`.
 */
import { describe, expect, test } from 'vitest'
import { pathName } from './option-at.ts'
import { yamlPlaceAt, type YamlPlace } from './yaml-place.ts'

function placeIn(marked: string): YamlPlace | null {
  const before = marked.slice(0, marked.indexOf('|'))
  const lines = marked.replace('|', '').split('\n')
  const number = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n') - 1
  return yamlPlaceAt({ lineCount: lines.length, line: (at) => lines[at - 1] ?? '' }, number, column)
}

function wordsOf(marked: string): string {
  const place = placeIn(marked)
  return place === null ? 'none' : `${place.kind} ${pathName(place.path)} <${place.typed}>`
}

describe('block style', () => {
  test.each([
    ['the top', 'ver|', 'key  <ver>'],
    ['an empty text', '|', 'key  <>'],
    ['a value', 'version: 1|', 'value version <1>'],
    ['a value that is not begun', 'shutdown_timeout: |', 'value shutdown_timeout <>'],
    ['below a key', 'admin:\n  au|', 'key admin <au>'],
    ['a blank line below a key', 'admin:\n  |', 'key admin <>'],
    ['a new item', 'pools:\n  - |', 'key pools[] <>'],
    ['the first key of an item', 'pools:\n  - na|', 'key pools[] <na>'],
    ['the second key of an item', 'pools:\n  - name: a\n    al|', 'key pools[] <al>'],
    [
      'a value in an item',
      'pools:\n  - name: a\n    algorithm: ran|',
      'value pools[].algorithm <ran>'
    ],
    ['items at the column of their key', 'pools:\n- name: a\n  al|', 'key pools[] <al>'],
    [
      'a list in a list',
      'pools:\n  - name: a\n    backends:\n      - address: x:1\n        we|',
      'key pools[].backends[] <we>'
    ],
    [
      'back out of an inner list',
      'pools:\n  - name: a\n    backends:\n      - address: x:1\n    qu|',
      'key pools[] <qu>'
    ],
    ['another item', 'pools:\n  - name: a\n  - na|', 'key pools[] <na>'],
    ['a comment between', 'pools:\n# why: because\n  - na|', 'key pools[] <na>'],
    ['a quoted key', '"admin":\n  au|', 'key admin <au>'],
    ['a scalar item', 'allowed_hosts:\n  - a|', 'key allowed_hosts[] <a>']
  ])('%s', (_title, marked, expected) => {
    expect(wordsOf(marked)).toBe(expected)
  })

  test('a comment offers nothing', () => {
    expect(placeIn('pools: # na|')).toBeNull()
    expect(placeIn('# na|')).toBeNull()
  })

  test('a sign of a comment in a quoted text is none', () => {
    expect(wordsOf('name: "a # b" |')).toBe('value name <"a # b" >')
  })
})

describe('flow style', () => {
  test.each([
    ['a key', 'listeners:\n  - { na|', 'key listeners[] <na>'],
    ['a second key', 'listeners:\n  - { name: web, ad|', 'key listeners[] <ad>'],
    ['before the end', 'listeners:\n  - { name: web, ad| }', 'key listeners[] <ad>'],
    ['a value', 'listeners:\n  - { name: web, access_log: t|', 'value listeners[].access_log <t>'],
    ['a mapping of a key', 'admin: { au|', 'key admin <au>'],
    ['over several lines', 'health_check:\n  {\n    type: http,\n    pa|', 'key health_check <pa>'],
    ['a value on a later line', 'health_check: {\n  type: h|', 'value health_check.type <h>'],
    ['a list', 'admin: { allowed_hosts: [a, b|', 'value admin.allowed_hosts[] <b>'],
    ['mappings in a list', 'pools: [{ name: a }, { na|', 'key pools[] <na>'],
    ['an address with a colon', '- { address: 127.0.0.1:80, we|', 'key [] <we>'],
    ['after a closed one', 'a: { b: 1 }\nc|', 'key  <c>']
  ])('%s', (_title, marked, expected) => {
    expect(wordsOf(marked)).toBe(expected)
  })
})

describe('siblings', () => {
  test('are the keys of the same mapping, above and below', () => {
    const place = placeIn('pools:\n  - name: a\n    |\n    queue:\n      size: 1\n  - algorithm: x')
    expect([...(place?.siblings ?? [])].sort()).toEqual(['name', 'queue'])
  })

  test('of the first key of an item are not those of the item before', () => {
    const place = placeIn('pools:\n  - name: a\n    queue: 1\n  - |\n    algorithm: x')
    expect([...(place?.siblings ?? [])]).toEqual(['algorithm'])
  })

  test('of a flow mapping are those before the cursor', () => {
    expect([...(placeIn('- { name: a, address: b, |')?.siblings ?? [])]).toEqual([
      'name',
      'address'
    ])
  })
})

test('the end of a long document is found without reading all of it', () => {
  let reads = 0
  const body = [
    'pools:',
    ...Array.from({ length: 10_000 }, (_, at) => `  - name: p${at}`),
    '    al'
  ]
  const lines = {
    lineCount: body.length,
    line(at: number) {
      reads++
      return body[at - 1] ?? ''
    }
  }
  const place = yamlPlaceAt(lines, body.length, 6)
  expect(pathName(place?.path ?? [])).toBe('pools[]')
  expect(reads).toBeLessThan(25_000)
})
