/**
 * Contract: `import` gives the configuration to programs and the report to people, says by its exit code
 * whether all was translated, and never replaces a file unasked.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { fixture, withSink } from '../../import/vector/testing/imported.ts'
import { runCli } from '../run-cli.ts'
import { CapturedTerminal } from '../testing/captured-terminal.ts'

const WHOLE = withSink('request.timeout_secs = 5')
const PARTLY = withSink('compression = "gzip"', 'auth.password = "hunter2"')
const BROKEN = fixture('seed-000-block-1')
const NOTHING = '[sources.in]\ntype = "stdin"\n'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
})

interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function run(text: string, ...words: readonly string[]): Promise<Run> {
  const file = folder.write('vector.toml', text)
  return call(file, ...words)
}

async function call(...words: readonly string[]): Promise<Run> {
  const terminal = new CapturedTerminal()
  const code = await runCli(['import', ...words], terminal)
  const plain = (said: string): string => said.replaceAll(`${folder.path}/`, '')
  return { code, out: plain(terminal.stdout), err: plain(terminal.stderr) }
}

describe('a file that can be translated', () => {
  test('wholly: the configuration on standard output, the report beside it, exit code 0', async () => {
    const { code, out, err } = await run(WHOLE)
    expect(code).toBe(0)
    expect(out).toMatch(/^# Translated from vector\.toml by switchyard import;/)
    expect(out).toContain('response_head: 5s # line 8\n')
    expect(err).toMatch(/\n\nvector\.toml: 6 keys translated, none left\.\n$/)
    expect(err).not.toContain('Left, because')
  })

  test('in part: each line that was left with why and what to do, exit code 1', async () => {
    const { code, err } = await run(PARTLY)
    expect(code).toBe(1)
    expect(err).toContain(`Left, because it has no counterpart:

vector.toml:8:1: sinks.out.compression = "gzip"
  why     Bodies are passed on octet by octet and never compressed.
  do      Nothing: a body that the client compressed arrives compressed.

vector.toml:9:1: sinks.out.auth.password = ••••
  why     No credentials are added to a request.
  do      Let clients send them: the Authorization field is passed on as it came.
`)
    expect(err).toMatch(/\n\nvector\.toml: 5 keys translated, 2 left\.\n$/)
    expect(err).not.toContain('hunter2')
  })

  test('what is now different is said with what the other system does', async () => {
    const { err } = await run(WHOLE)
    expect(err).toContain(`Translated, and not the same as before:

vector.toml:2:1: sources.in.type = "http_server"
  now     Clients get the answer of the backend.`)
    expect(err).toContain('\n  Vector  It answers by itself, 200 without a body,')
  })

  test('the same words about several lines are said once', async () => {
    const { err } = await run(fixture('seed-000-block-2'))
    expect(err.match(/Sinks have no conditions/g)).toHaveLength(1)
    expect(err).toContain(
      'vector.toml:16:1: sinks.http_0.condition = "partition == 0"\nvector.toml:23:1:'
    )
  })

  test('what a file holds cannot steer the terminal', async () => {
    const { out, err } = await run(withSink('"a\\u001b[31mb" = "\\u001b]0;x\\u0007\\u202e"'))
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  })
})

describe('--output', () => {
  test('writes the configuration, readable for a service, and says what is next', async () => {
    const target = join(folder.path, 'switchyard.yaml')
    const { code, out, err } = await run(WHOLE, '--output', target)
    expect([code, out]).toEqual([0, ''])
    expect(err).toContain('switchyard.yaml is written. Next: switchyard check switchyard.yaml\n')
    expect(readFileSync(target, 'utf8')).toContain('address: api:80')
    expect(statSync(target).mode & 0o777).toBe(0o644)
    const check = new CapturedTerminal()
    expect(await runCli(['check', target], check)).toBe(0)
  })

  test('replaces a file only with --force', async () => {
    const target = folder.write('switchyard.yaml', 'mine')
    const { code, err } = await run(WHOLE, '--output', target)
    expect(code).toBe(3)
    expect(err).toBe(
      'switchyard import: switchyard.yaml is there already. Give --force to replace it.\n'
    )
    expect(readFileSync(target, 'utf8')).toBe('mine')
    expect((await run(WHOLE, '--output', target, '--force')).code).toBe(0)
    expect(readFileSync(target, 'utf8')).toContain('address: api:80')
  })

  test('into a folder that is not there ends with the reason', async () => {
    const { code, err } = await run(WHOLE, '--output', join(folder.path, 'no', 'such.yaml'))
    expect(code).toBe(3)
    expect(err).toMatch(/^switchyard import: no\/such\.yaml cannot be written: ENOENT.*\.\n$/)
  })

  test('is never the file that is read', async () => {
    const file = folder.write('vector.toml', WHOLE)
    expect(
      await call(file, '--output', join(folder.path, '.', 'vector.toml'), '--force')
    ).toMatchObject({
      code: 64
    })
    expect(readFileSync(file, 'utf8')).toBe(WHOLE)
  })
})

describe('--json', () => {
  test('prints one object with everything', async () => {
    const { code, out, err } = await run(PARTLY, '--json')
    expect([code, err]).toEqual([1, ''])
    expect(JSON.parse(out)).toMatchObject({
      file: 'vector.toml',
      from: 'vector',
      isTranslated: true,
      problems: [],
      summary: { translated: 5, left: 2 },
      yaml: expect.stringContaining('address: api:80'),
      output: null,
      entries: expect.arrayContaining([
        {
          line: 8,
          column: 1,
          path: 'sinks.out.compression',
          value: '"gzip"',
          became: null,
          why: 'Bodies are passed on octet by octet and never compressed.',
          origin: null,
          instead: 'Nothing: a body that the client compressed arrives compressed.',
          belongsToLine: null
        }
      ])
    })
  })

  test('says of a broken file where it is broken', async () => {
    const { code, out } = await run(BROKEN, '--json')
    expect(code).toBe(2)
    expect(JSON.parse(out)).toMatchObject({
      isTranslated: false,
      problems: [{ code: 'SYNTAX', line: 17, column: 1 }],
      yaml: null,
      entries: []
    })
  })
})

describe('a file that cannot be translated', () => {
  test('because it is broken: the line, the place and what to do', async () => {
    const target = join(folder.path, 'switchyard.yaml')
    const { code, out, err } = await run(BROKEN, '--output', target)
    expect([code, out]).toEqual([2, ''])
    expect(err)
      .toBe(`vector.toml:17:1: error[SYNTAX] The text is no TOML here: expected equal (=) token.
   17 | ---
      | ^^^
  hint: A line of dashes parts documents in YAML and sections in Markdown; TOML has no such line. Take it out.

Nothing was translated.
`)
    expect(existsSync(target)).toBe(false)
  })

  test('because it carries no HTTP requests: says so, and of each line why', async () => {
    const { code, out, err } = await run(NOTHING)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(
      'vector.toml: error[MISSING] No HTTP request takes its way through this file'
    )
    expect(err).toContain(
      'vector.toml:2:1: sources.in.type = "stdin"\n  why     Only HTTP requests'
    )
  })

  test('because it is not there', async () => {
    const { code, err } = await call(join(folder.path, 'none.toml'))
    expect(code).toBe(2)
    expect(err).toContain('none.toml cannot be read')
  })
})

describe('the format', () => {
  test('is told by --from where the name does not tell it', async () => {
    const file = folder.write('vector.conf', WHOLE)
    expect((await call(file, '--from', 'vector')).code).toBe(0)
    const { code, err } = await call(file)
    expect(code).toBe(64)
    expect(err).toContain('say it with --from vector.')
  })

  test('Vector’s YAML is no TOML, and the way there is named', async () => {
    const { code, err } = await call(folder.write('vector.yaml', 'sources: {}\n'))
    expect(code).toBe(64)
    expect(err).toContain('vector convert-config')
  })

  test('must be one that is built', async () => {
    expect(await run(WHOLE, '--from', 'haproxy')).toMatchObject({
      code: 64,
      err: expect.stringContaining('takes vector, not haproxy')
    })
  })

  test('--force without --output is a mistake', async () => {
    expect((await run(WHOLE, '--force')).code).toBe(64)
  })
})
