/** Contract: what a terminal shows points at the spot, and never shows a secret or an escape sequence. */
import { expect, test } from 'vitest'
import { formatProblems } from './format-problems.ts'
import { loadConfig } from './load-config.ts'

function shown(source: string, colour = false): string {
  const result = loadConfig(source, { file: 'lb.yaml', baseDir: '/' })
  return formatProblems(result.ok ? result.warnings : result.problems, { colour, source })
}

test('a problem is a place, a sentence, the line, a mark and a hint', () => {
  expect(shown('pools:\n  - name: api\n    helth_check: {}\n')).toBe(
    [
      'lb.yaml:3:5: error[UNKNOWN_KEY] `helth_check` is no option of pools[]. (pools[0].helth_check)',
      '    3 |     helth_check: {}',
      '      |     ^^^^^^^^^^^',
      '  hint: Did you mean `health_check`?'
    ].join('\n')
  )
})

test('an empty line stands between two problems', () => {
  expect(shown('a: 1\nb: 2\n').split('\n\n')).toHaveLength(2)
})

test('warnings are called warnings', () => {
  expect(shown('pools: []\n')).toMatch(/^lb\.yaml:1:1: warning\[NO_POOLS\]/)
})

test('without a place only the file is named', () => {
  const problem = {
    code: 'UNKNOWN_KEY',
    file: 'control',
    line: null,
    column: null,
    width: 1,
    path: 'x',
    message: 'No.',
    hint: null
  } as const
  expect(formatProblems([problem], { colour: false })).toBe('control: error[UNKNOWN_KEY] No. (x)')
})

test('colour adds escape sequences and changes nothing else', () => {
  const source = 'nope: 1\n'
  const coloured = shown(source, true)
  expect(coloured).toContain('\u001b[31m')
  // eslint-disable-next-line no-control-regex -- escape sequences are what this removes
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(shown(source))
})

test('the mark stays under its spot in a line that is cut', () => {
  const source = `pools: [{ name: api, ${' '.repeat(200)}nope: 1, ${' '.repeat(200)}backends: [] }]\n`
  const [, line = '', mark = ''] = shown(source).split('\n')
  expect(line.length).toBeLessThan(120)
  expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('nope')
})

test('control characters of a file do not reach the terminal', () => {
  const output = shown('pools: [{ name: "\u001b[2Ja\u202e" }]\n"\\e[31m": 1\n\tx: 1\n')
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

test.each([
  'smtp_password: hunter2',
  'smtp_password: "hunter2"',
  'smtp_pasword: hunter2',
  "smtp_password: 'hunter2', zzz: 1",
  'smtp_password: 1029384756, zzz: 1',
  'url: "https://hooks.example.test/hunter2"'
])('the secret in `%s` is not shown', (entry) => {
  const source = `failover: { notification: { channels: [{ type: email, smtp_server: m, recipients: [], ${entry} }] } }\n`
  const output = shown(source)
  expect(output).toContain('•')
  expect(output).not.toMatch(/hunter2|1029384756/)
})

test('a reference to a secret is no secret', () => {
  const output = shown(
    'failover: { notification: { channels: [{ type: webhook, url: { env: HOOK }, zzz: 1 }] } }\n'
  )
  expect(output).toContain('{ env: HOOK }')
})

test.each([
  'pools: [{ name: a, sticky: { cookie: SRV, key: hunter2 } }]\n',
  'pools: [{ name: a, sticky: { key: "hunter2", cookie: S, zzz: 1 } }]\n',
  'pools:\n  - name: a\n    sticky:\n      cookie: SRV\n      key: hunter2\n',
  'pools:\n  - name: a\n    sticky:\n      cookie: SRV\n      key: 4711\n'
])('the key of sticky cookies in %j is not shown', (source) => {
  const output = shown(source)
  expect(output).toContain('•')
  expect(output).not.toMatch(/hunter2|4711/)
})

test('the path of a private key is', () => {
  const listener = '{ name: a, address: ":80", tls: { certificates: [{ key: site.key }] } }'
  expect(shown(`listeners: [${listener}]\n`)).toContain('key: site.key')
})
