/** Contract: a document without text is judged as its text would be; settings are plain JSON. */
import { expect, test } from 'vitest'
import { parseDocument } from './parse-document.ts'

const OPTIONS = { file: 'control', baseDir: '/etc/switchyard' }
const DOCUMENT = {
  listeners: [{ name: 'web', address: '127.0.0.1:0' }],
  routes: [{ pool: 'api' }],
  pools: [{ name: 'api', backends: [{ address: 'a:80' }] }]
}

test('settings and document survive JSON unchanged, so they can cross a process', () => {
  const result = parseDocument(DOCUMENT, OPTIONS)
  expect(result.ok).toBe(true)
  if (!result.ok) return
  expect(JSON.parse(JSON.stringify(result.settings))).toEqual(result.settings)
  expect(result.document).toBe(DOCUMENT)
  expect(parseDocument(JSON.parse(JSON.stringify(result.document)), OPTIONS)).toEqual(result)
})

test('problems have a path but no place', () => {
  const result = parseDocument({ ...DOCUMENT, nope: 1 }, OPTIONS)
  expect(result).toMatchObject({
    ok: false,
    problems: [{ code: 'UNKNOWN_KEY', file: 'control', line: null, column: null, path: 'nope' }]
  })
})

test.each<unknown>([undefined, null, 1, 'text', [], () => 1, Symbol('x'), 5n])(
  '%s is refused without an exception',
  (document) => {
    const result = parseDocument(document, OPTIONS)
    expect(result).toMatchObject({ ok: false, problems: [{ code: 'WRONG_TYPE', path: '' }] })
  }
)

test('an own key __proto__, as JSON.parse makes it, is refused', () => {
  const result = parseDocument(JSON.parse('{"pools":[{"name":"a","__proto__":{"x":1}}]}'), OPTIONS)
  expect(result).toMatchObject({ ok: false, problems: [{ code: 'UNSAFE_KEY' }] })
})

test('a cyclic document is refused', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['pools'] = [cyclic, cyclic]
  expect(parseDocument(cyclic, OPTIONS)).toMatchObject({ ok: false, problems: [{ code: 'LIMIT' }] })
})
