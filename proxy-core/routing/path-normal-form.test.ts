/** Contract: a path is routed by what a backend will make of it, not by how it is spelt. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparablePrefix, needsNormalising, normalisePath } from './path-normal-form.ts'

test.each([
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['/public/../admin', '/admin'],
  ['/public/%2e%2e/admin', '/admin'],
  ['/public/%2E./admin', '/admin'],
  ['/public/.%2e/admin', '/admin'],
  ['/public\\..\\admin', '/admin'],
  ['//admin', '/admin'],
  ['/a//b///c', '/a/b/c'],
  ['/a/./b/.', '/a/b/'],
  ['/a/b/..', '/a/'],
  ['/../../etc', '/etc'],
  ['/..', '/'],
  ['/%61dmin', '/admin'],
  ['/%7euser/%2D%5f', '/~user/-_'],
  ['/caf%c3%a9', '/caf%C3%A9'],
  ['/a%20b', '/a%20b'],
  ['/group%2fname', '/group%2Fname'],
  ['/100%', '/100%'],
  ['/%zz/%4', '/%zz/%4'],
  ['/%252e%252e/x', '/%252e%252e/x'],
  ['/.well-known/x', '/.well-known/x'],
  ['/...', '/...'],
  ['/a;v=1/b', '/a;v=1/b'],
  ['*', '*']
])('%j is matched as %j', (raw, normal) => {
  expect(normalisePath(raw)).toBe(normal)
})

test.each([
  '/public/..%2Fadmin',
  '/public%2f..%2fadmin',
  '/public/..%5cadmin',
  '/public/%2e%2e%2fadmin',
  '/a%2Fb/../c',
  '/public/..;/admin',
  '/public/..;x=1/admin',
  '/public/.;/admin',
  '/public/%2e%2e;/admin'
])('%j leads to different places on different backends and has no normal form', (raw) => {
  expect(normalisePath(raw)).toBeUndefined()
})

test.each([
  ['/caf%c3%a9/', '/caf%C3%A9'],
  ['/api', '/api'],
  ['/', '/']
])('the configured prefix %j is compared as %j', (prefix, comparable) => {
  expect(comparablePrefix(prefix)).toBe(comparable)
})

const PIECES = ['/', '.', '..', '%2e', '%2E', '%2f', '%5C', '\\', 'a', 'b', '%61', '%', ';', '%zz']
const path = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 12 })
  .map((parts) => `/${parts.join('')}`)

test('a path that needs no normalising is its own normal form', () => {
  fc.assert(
    fc.property(path, (raw) => {
      if (!needsNormalising(raw)) expect(normalisePath(raw)).toBe(raw)
    })
  )
})

test('a normal form has neither dot segments, empty segments nor backslashes', () => {
  fc.assert(
    fc.property(path, (raw) => {
      const normal = normalisePath(raw)
      if (normal === undefined) return
      expect(normal.startsWith('/')).toBe(true)
      const segments = normal.split('/').slice(1, -1)
      for (const segment of segments) expect(['', '.', '..']).not.toContain(segment)
      expect(['.', '..']).not.toContain(normal.split('/').at(-1))
      expect(normal).not.toContain('\\')
    })
  )
})

test('every spelling of the same unreserved characters has the same normal form', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z0-9~_-]{1,8}$/),
      fc.infiniteStream(fc.boolean()),
      (name, coins) => {
        const spelt = [...name]
          .map((char) =>
            coins.next().value === true ? `%${char.charCodeAt(0).toString(16)}` : char
          )
          .join('')
        expect(normalisePath(`/x/${spelt}`)).toBe(`/x/${name}`)
      }
    )
  )
})
