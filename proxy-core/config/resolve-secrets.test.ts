/**
 * Contract: a secret that a document names is read from its source, or is a problem at its place;
 * nothing but the resolved document ever has its value.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { summary } from './fixtures/load.ts'
import { loadConfig } from './load-config.ts'
import {
  lintSecrets,
  putStoredSecrets,
  resolveSecrets,
  storedSecretNames,
  type ResolvedSecrets,
  type SecretSources,
  type StoredSecrets
} from './resolve-secrets.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
})

const MAIL = { type: 'email', smtp_server: 'mail.test', recipients: [] }

function notifying(...channels: readonly object[]): object {
  return { pools: [], failover: { notification: { channels } } }
}

function hook(url: unknown): object {
  return notifying({ type: 'webhook', url })
}

function sources(parts: Partial<SecretSources> = {}): SecretSources {
  return { baseDir: folder.path, environment: {}, stored: { kind: 'refused' }, ...parts }
}

function messages({ findings }: ResolvedSecrets): readonly string[] {
  return findings.map(({ message }) => message)
}

describe('a secret', () => {
  test('comes from the environment, as it is there', () => {
    const environment = { HOOK: 'https://hooks.test/x\n' }
    const { document, findings } = resolveSecrets(hook({ env: 'HOOK' }), sources({ environment }))
    expect(findings).toEqual([])
    expect(document).toEqual(hook('https://hooks.test/x\n'))
  })

  test.each([
    ['none', 's3cret', 's3cret'],
    ['one', 's3cret\n', 's3cret'],
    ['that of Windows', 's3cret\r\n', 's3cret'],
    ['two', 's3cret\n\n', 's3cret\n']
  ])('comes from a file beside the configuration; line ends at its end: %s', (_, text, value) => {
    folder.write('hook.txt', text)
    expect(resolveSecrets(hook({ file: 'hook.txt' }), sources()).document).toEqual(hook(value))
  })

  test('comes from the store where there is one', () => {
    const stored: StoredSecrets = { kind: 'known', values: new Map([['hook', 's3cret']]) }
    const { document } = resolveSecrets(hook({ secret: 'hook' }), sources({ stored }))
    expect(document).toEqual(hook('s3cret'))
  })

  test('that stands in the document is left there, and the document is the same one', () => {
    const document = hook('https://hooks.test/x')
    expect(resolveSecrets(document, sources()).document).toBe(document)
  })

  test('is put into a copy: what was given keeps its reference', () => {
    const document = hook({ env: 'HOOK' })
    const { document: resolved } = resolveSecrets(document, sources({ environment: { HOOK: 'x' } }))
    expect(document).toEqual(hook({ env: 'HOOK' }))
    expect(resolved).toEqual(hook('x'))
  })

  test('is one by the schema, not by its name or its shape', () => {
    const document = { routes: [{ pool: 'a', headers: { 'x-token': { env: 'A' } } }] }
    expect(resolveSecrets(document, sources()).findings).toEqual([])
  })
})

describe('a secret that cannot be had', () => {
  test.each([
    ['is not set', {}],
    ['is empty', { HOOK: '' }]
  ])('because its variable %s is a problem that names it', (what, environment) => {
    const result = resolveSecrets(hook({ env: 'HOOK' }), sources({ environment }))
    expect(result.document).toEqual(hook({ env: 'HOOK' }))
    expect(messages(result)).toEqual([
      `The secret comes from the environment variable HOOK, which ${what}.`
    ])
    expect(result.findings[0]!.path).toEqual(['failover', 'notification', 'channels', 0, 'url'])
  })

  test('of the name of a built-in property is not taken from there', () => {
    expect(messages(resolveSecrets(hook({ env: 'constructor' }), sources()))).toHaveLength(1)
  })

  test('because of its file is a problem with the absolute path and the reason', () => {
    folder.write('empty', '\n')
    folder.write('large', 'x'.repeat(64 * 1024 + 1))
    const result = resolveSecrets(
      notifying(
        ...['missing', 'empty', 'large', '.'].map((file) => ({ type: 'webhook', url: { file } }))
      ),
      sources()
    )
    expect(messages(result)).toEqual([
      expect.stringContaining(`${join(folder.path, 'missing')}, which cannot be used: ENOENT`),
      expect.stringContaining('it is empty'),
      expect.stringContaining('more than 64 KiB'),
      expect.stringContaining('not a regular file')
    ])
  })

  test('because its file is a pipe is told at once and not waited for', () => {
    const pipe = join(folder.path, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(messages(resolveSecrets(hook({ file: 'pipe' }), sources()))).toEqual([
      `The secret comes from ${pipe}, which cannot be used: it is not a regular file.`
    ])
  })

  test('because only the console has a store says what to write instead', () => {
    const [finding] = resolveSecrets(hook({ secret: 'hook' }), sources()).findings
    expect(finding?.message).toContain('only the console can open')
    expect(finding?.hint).toContain('{ env: NAME }')
  })

  test('because it is not stored is a problem, and one of whoever runs it is none', () => {
    const known: StoredSecrets = { kind: 'known', values: new Map() }
    const later: StoredSecrets = { kind: 'later' }
    const document = hook({ secret: 'hook' })
    expect(messages(resolveSecrets(document, sources({ stored: known })))).toEqual([
      'No secret of the name "hook" is stored in this console.'
    ])
    expect(resolveSecrets(document, sources({ stored: later }))).toEqual({ document, findings: [] })
  })
})

test('the control plane puts in what it stores and leaves the rest to the engine', () => {
  const document = notifying(
    { ...MAIL, smtp_password: { secret: 'smtp' } },
    { type: 'webhook', url: { env: 'HOOK' } },
    { type: 'webhook', url: { secret: 'other' } }
  )
  expect(storedSecretNames(document)).toEqual(['smtp', 'other'])
  const result = putStoredSecrets(document, new Map([['smtp', 's3cret']]))
  expect(result.document).toEqual(
    notifying(
      { ...MAIL, smtp_password: 's3cret' },
      { type: 'webhook', url: { env: 'HOOK' } },
      { type: 'webhook', url: { secret: 'other' } }
    )
  )
  expect(result.findings.map(({ path }) => path.join('.'))).toEqual([
    'failover.notification.channels.2.url'
  ])
})

test('every secret that is written out draws a warning, whatever else it could be', () => {
  const document = notifying(
    { ...MAIL, smtp_password: 's3cret' },
    { type: 'webhook', url: { env: 'HOOK' } },
    { type: 'webhook', url: 'https://hooks.test' }
  )
  const found = [...lintSecrets(document)]
  expect(found.map(({ path }) => path.at(-1))).toEqual(['smtp_password', 'url'])
  expect(JSON.stringify(found)).not.toContain('s3cret')
})

describe('of a text', () => {
  const TEXT = `pools: []
failover:
  notification:
    channels:
      - type: webhook
        url: { env: HOOK }
`

  test('a missing one is a problem with line and column, beside every other problem', () => {
    const secrets = { environment: {}, stored: { kind: 'refused' } } as const
    const result = loadConfig(`${TEXT}colour: red\n`, { file: 'a.yaml', baseDir: '/', secrets })
    expect(result.ok ? [] : summary(result.problems)).toEqual([
      'SECRET_UNAVAILABLE failover.notification.channels[0].url',
      'UNKNOWN_KEY colour'
    ])
    expect(result.ok ? null : result.problems[0]).toMatchObject({ line: 6, column: 16 })
  })

  test('the document stays as it was written: only settings carry values', () => {
    const secrets = {
      environment: { HOOK: 'https://s3cret.test/' },
      stored: { kind: 'refused' }
    } as const
    const result = loadConfig(TEXT, { file: 'a.yaml', baseDir: '/', secrets })
    expect(result.ok).toBe(true)
    expect(JSON.stringify(result.ok && [result.document, result.warnings])).not.toContain('s3cret')
  })
})
