/** Contract: places are read as a resolver or router will take them, and anything doubtful is refused. */
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  address,
  addressBlock,
  hostField,
  hostPattern,
  isLoopback,
  pathPrefix,
  requestTarget
} from './addresses.ts'

function read<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const result = schema.safeParse(value)
  return result.success ? result.data : undefined
}

const backend = address({ what: 'an address', mayBeZero: false })

describe('addresses', () => {
  test.each([
    ['10.0.0.1:80', '10.0.0.1', 80],
    ['API-1.internal:8080', 'api-1.internal', 8080],
    ['api_1:80', 'api_1', 80],
    ['localhost:65535', 'localhost', 65_535],
    ['[::1]:80', '::1', 80],
    ['[FD00::1]:80', 'fd00::1', 80]
  ])('%s', (written, host, port) => {
    expect(read(backend, written)).toEqual({ written, host, port })
  })

  test.each([
    'api',
    ':80',
    '80',
    '*:80',
    'api:',
    'api:0',
    'api:65536',
    'api:99999999',
    'api:8 0',
    ' api:80',
    'api:80 ',
    '10.0.0.256:80',
    '1.2.3:80',
    'a..b:80',
    '-a:80',
    'a b:80',
    '::1:80',
    '[::1]',
    '[api]:80',
    '[::g]:80',
    'http://a:80',
    'a:80/x',
    'user@a:80',
    'ä:80',
    'a:80\n',
    '',
    80,
    null,
    true,
    {}
  ])('%j is refused', (written) => {
    expect(read(backend, written)).toBeUndefined()
  })

  test('only listeners may ask for any free port', () => {
    expect(read(address({ what: 'x', mayBeZero: true }), '127.0.0.1:0')?.port).toBe(0)
  })

  test.each(['127.0.0.1', '127.255.0.9', 'localhost', 'LocalHost', '::1', '[::1]'])(
    '%s is loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true)
    }
  )

  test.each(['0.0.0.0', '::', '10.0.0.1', '127.example.test', '127.0.0.1.example', '128.0.0.1'])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false)
    }
  )
})

describe('blocks', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['fd00::/8', 'fd00::/8'],
    ['127.0.0.1', '127.0.0.1/32'],
    ['::1', '::1/128']
  ])('%s is %s', (written, block) => {
    expect(read(addressBlock(), written)).toBe(block)
  })

  test.each(['10.0.0.0/33', '::/129', '10.0.0/8', 'localhost', '10.0.0.0/', '/8', 10, null])(
    '%j is refused',
    (written) => {
      expect(read(addressBlock(), written)).toBeUndefined()
    }
  )
})

describe('host patterns', () => {
  test.each([
    ['*', { kind: 'any' }],
    ['Example.Test', { kind: 'exact', host: 'example.test' }],
    ['example.test.', { kind: 'exact', host: 'example.test' }],
    ['10.0.0.1', { kind: 'exact', host: '10.0.0.1' }],
    ['[::1]', { kind: 'exact', host: '[::1]' }],
    ['*.Example.test', { kind: 'suffix', suffix: '.example.test' }]
  ])('%s', (written, pattern) => {
    expect(read(hostPattern(), written)).toEqual(pattern)
  })

  test.each([
    '',
    'a.*',
    '*a.test',
    '*.*.test',
    'a:80',
    '[::1]:80',
    'a/b',
    'ü.test',
    '.a',
    'a..b',
    '*.',
    5
  ])('%j is refused', (written) => {
    expect(read(hostPattern(), written)).toBeUndefined()
  })
})

describe('paths', () => {
  test.each([
    ['/', '/'],
    ['/api', '/api'],
    ['/api/', '/api'],
    ['/api//', '/api'],
    ['/a%20b;v=1', '/a%20b;v=1']
  ])('the prefix %s is %s', (written, prefix) => {
    expect(read(pathPrefix(), written)).toBe(prefix)
  })

  test.each([
    'api',
    '',
    '/a?b',
    '/a#b',
    '/a b',
    '/ä',
    '/%zz',
    '/a/../b',
    '/..',
    '/%2e%2e/a',
    '/./a',
    '/a\r\nb',
    5
  ])('the prefix %j is refused', (written) => {
    expect(read(pathPrefix(), written)).toBeUndefined()
  })

  test('the target of a probe may carry a query and nothing that ends a request line', () => {
    expect(read(requestTarget(), '/health?deep=1')).toBe('/health?deep=1')
    for (const target of ['health', '/a b', '/a?b c', '/a#b', '/a?b\r\nX: y']) {
      expect(read(requestTarget(), target)).toBeUndefined()
    }
  })

  test('a Host field has no room for anything but a host', () => {
    expect(read(hostField(), 'api.test:8080')).toBe('api.test:8080')
    expect(read(hostField(), '[::1]')).toBe('[::1]')
    for (const host of ['', 'a b', 'a\r\nX: y', 'a/b', 'http://a']) {
      expect(read(hostField(), host)).toBeUndefined()
    }
  })
})
