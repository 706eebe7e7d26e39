/** Contract: any text gives settings or problems, each problem at its line and column, all at once. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { problemsOf, settingsOf, summary } from './fixtures/load.ts'
import { loadConfig } from './load-config.ts'
import { MAX_TEXT_LENGTH } from './yaml-source.ts'

const OPTIONS = { file: 'test.yaml', baseDir: '/etc/switchyard' }

describe('places', () => {
  test('every problem of a file comes at once, in the order of the file, each at its spot', () => {
    const problems = problemsOf(`listeners:
  - { name: web, adress: 127.0.0.1:8080 }
routes:
  - pool: apii
    timeouts: { total: 5 }
pools:
  - name: api
    algorithm: fastest
    backends:
      - address: "10.0.0.1:80"
        weight: 1000
      - address: "10.0.0.1:80"
`)
    expect(
      problems.map(({ code, line, column, width, path }) => [code, line, column, width, path])
    ).toEqual([
      ['MISSING', 2, 7, 4, 'listeners[0]'],
      ['UNKNOWN_KEY', 2, 18, 6, 'listeners[0].adress'],
      ['UNKNOWN_REFERENCE', 4, 11, 4, 'routes[0].pool'],
      ['WRONG_TYPE', 5, 24, 1, 'routes[0].timeouts.total'],
      ['BAD_VALUE', 8, 16, 7, 'pools[0].algorithm'],
      ['OUT_OF_RANGE', 11, 17, 4, 'pools[0].backends[0].weight'],
      ['DUPLICATE', 12, 18, 13, 'pools[0].backends[1].address']
    ])
    expect(problems.every(({ file }) => file === 'test.yaml')).toBe(true)
  })

  test('a value that came through an alias is marked where it is written', () => {
    const [problem] = problemsOf(`pools:
  - { name: a, timeouts: &slow { connect: 5 } }
  - { name: b, timeouts: *slow }
`)
    expect(problem).toMatchObject({ code: 'WRONG_TYPE', line: 2, column: 43 })
    expect(
      problemsOf('pools: [{ name: a, tls: &t { nope: 1 } }, { name: b, tls: *t }]')
    ).toHaveLength(2)
  })

  test('a key without a value is marked at the key', () => {
    const [problem] = problemsOf('pools:\n  - name: a\n    backends:\n')
    expect(problem).toMatchObject({ code: 'WRONG_TYPE', line: 3, column: 5, width: 8 })
    expect(problem?.message).toBe('Expected a list, got nothing.')
  })

  test('windows line ends and a byte order mark do not move the places', () => {
    const [problem] = problemsOf('\ufeffversion: 1\r\npools:\r\n  - nme: a\r\n    name: b\r\n')
    expect(problem).toMatchObject({ code: 'UNKNOWN_KEY', line: 3, column: 5 })
  })
})

describe('YAML', () => {
  test('an unclosed quote is a syntax problem with a place, and nothing is guessed behind it', () => {
    const problems = problemsOf('pools:\n  - name: "a\n    backends: []\n')
    expect(problems.length).toBeGreaterThan(0)
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['SYNTAX']))
    expect(problems[0]?.line).toBeGreaterThan(0)
  })

  test('equal keys are refused at the second one, and other problems are still found', () => {
    const problems = problemsOf('version: 1\npools: []\nversion: 1\nnope: 1\n')
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ['DUPLICATE_KEY', 3],
      ['UNKNOWN_KEY', 4]
    ])
  })

  test.each([
    ['a second document', 'version: 1\n---\nversion: 1\n'],
    ['a custom tag', 'version: !int 1\n'],
    ['YAML 1.1, where `no` is false', '%YAML 1.1\n---\nversion: 1\n'],
    ['a list as a key', '? [a, b]\n: 1\n'],
    ['an empty key', ': 1\n'],
    ['a tab as indentation', 'pools:\n\t- name: a\n'],
    ['an undefined alias', 'pools: *nowhere\n']
  ])('%s is a syntax problem', (_, text) => {
    expect(problemsOf(text).map(({ code }) => code)).toContain('SYNTAX')
  })

  test('a file without content says what a file needs', () => {
    for (const text of ['', '\n\n', '# only a comment\n', '---\n', 'null']) {
      expect(summary(problemsOf(text))).toEqual(['MISSING'])
    }
  })

  test.each(['5', 'just text', '- a\n- b\n'])('%j is no mapping', (text) => {
    expect(summary(problemsOf(text))).toEqual(['WRONG_TYPE'])
  })

  test('anchors and aliases may share what many backends have in common', () => {
    const backends = Array.from({ length: 300 }, (_, index) => {
      return `      - { address: "10.0.${String(index >> 8)}.${String(index & 255)}:80", health_check: *check }`
    })
    const text = `defaults: { health_check: &check { path: /up } }\npools:\n  - name: a\n    backends:\n${backends.join('\n')}\n`
    expect(settingsOf(text).pools[0]?.backends[299]?.healthCheck?.path).toBe('/up')
  })
})

describe('hostile texts', () => {
  test('a bomb of nested aliases is refused quickly', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const entries =
        level === 0
          ? '"x"'
          : Array(10)
              .fill(`*l${String(level - 1)}`)
              .join(', ')
      return `l${String(level)}: &l${String(level)} [${entries}]`
    })
    expect(summary(problemsOf(levels.join('\n')))).toEqual(['LIMIT'])
  })

  test('an alias inside what it repeats is refused', () => {
    expect(problemsOf('pools: &p [*p]\n').map(({ code }) => code)).toContain('LIMIT')
    expect(problemsOf('pools: &p { a: [{ b: *p }] }\n').map(({ code }) => code)).toContain('LIMIT')
  })

  test.each([100, 100_000])('%d nested lists are refused', (depth) => {
    expect(
      problemsOf(`pools: ${'['.repeat(depth)}${']'.repeat(depth)}`).map(({ code }) => code)
    ).toContain('LIMIT')
  })

  test('a text over the limit is refused unread', () => {
    expect(summary(problemsOf(`a: ${'x'.repeat(MAX_TEXT_LENGTH)}`))).toEqual(['LIMIT'])
  })

  test.each(['__proto__', 'constructor', 'prototype'])(
    'the key %s is refused wherever it stands',
    (key) => {
      expect(problemsOf(`${key}: { polluted: true }`).map(({ code }) => code)).toContain(
        'UNSAFE_KEY'
      )
      const inner = `routes: [{ pool: a, headers: { ${key}: x } }]\npools: [{ name: a }]`
      expect(summary(problemsOf(inner))).toEqual([`UNSAFE_KEY routes[0].headers.${key}`])
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    }
  )
})

describe('properties', () => {
  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(typeof loadConfig(text, OPTIONS).ok).toBe('boolean')
      }),
      { numRuns: 300 }
    )
  })

  test('no soup of YAML and configuration words makes it throw, and every problem has a place', () => {
    const words = fc.constantFrom(
      'pools',
      'routes',
      'listeners',
      'backends',
      'name',
      'address',
      'health_check',
      'interval',
      'tls',
      ': ',
      ':',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '"',
      "'",
      '&a ',
      '*a',
      '!x ',
      '|',
      '>',
      '? ',
      '%YAML 1.1',
      '---',
      '...',
      '5s',
      '5',
      'true',
      '~',
      '10.0.0.1:80',
      '/a',
      '#',
      '<<',
      '\t',
      '\u0000'
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const result = loadConfig(parts.join(''), OPTIONS)
        const problems = result.ok ? result.warnings : result.problems
        if (!result.ok) expect(problems.length).toBeGreaterThan(0)
        for (const problem of problems) {
          expect(problem.line).toBeGreaterThan(0)
          expect(problem.column).toBeGreaterThan(0)
          expect(problem.message).toMatch(/[.!?]$/)
        }
      }),
      { numRuns: 1000 }
    )
  })

  test('no document of the right outline makes it throw', () => {
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(
          null,
          true,
          0,
          5,
          -1,
          1.5,
          '',
          'x',
          '5s',
          '10.0.0.1:80',
          '/a',
          '*.a',
          'tcp',
          'none'
        ),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'name',
            'address',
            'pool',
            'pools',
            'routes',
            'listeners',
            'backends',
            'host',
            'tls',
            'health_check',
            'headers',
            'methods',
            'failover',
            'notification',
            'channels',
            'type',
            'timeouts',
            'load_balancing',
            'method',
            'defaults',
            'admin',
            'rewrite',
            'prefix',
            'expected_status',
            'zzz'
          ),
          tie('node'),
          { maxKeys: 5 }
        )
      )
    })).node
    fc.assert(
      fc.property(value, (document) => {
        expect(typeof loadConfig(JSON.stringify(document), OPTIONS).ok).toBe('boolean')
      }),
      { numRuns: 1000 }
    )
  })
})

test('ten thousand routes load within the limits', () => {
  const routes = Array.from({ length: 10_000 }, (_, index) => {
    return `  - { host: h${String(index)}.example.test, path_prefix: /api/v${String(index)}, pool: api }`
  })
  const settings = settingsOf(`routes:\n${routes.join('\n')}\npools: [{ name: api }]\n`)
  expect(settings.routes).toHaveLength(10_000)
})
