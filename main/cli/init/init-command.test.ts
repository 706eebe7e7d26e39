/**
 * Contract: `init` ends with a checked file or with none. Each answer is checked at once, servers are
 * asked, secrets stay out, and nothing that is there is replaced without a word.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../../proxy-core/config/load-config.ts'
import type { EngineSettings } from '../../../proxy-core/model/settings.ts'
import { startBackend } from '../../../test/servers/engine-fixture.ts'
import { freePort } from '../../../test/servers/free-ports.ts'
import { temporaryFolder, type TemporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { runCli } from '../run-cli.ts'
import { CapturedTerminal } from '../testing/captured-terminal.ts'
import { ScriptedTerminal } from '../testing/scripted-terminal.ts'

let folder: TemporaryFolder
let file: string

beforeEach(() => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  file = join(folder.path, 'switchyard.yaml')
})

function settings(): EngineSettings {
  const result = loadConfig(readFileSync(file, 'utf8'), { file, baseDir: folder.path })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.settings
}

async function talk(...answers: readonly string[]): Promise<{ code: number; said: string }> {
  const terminal = new ScriptedTerminal(answers)
  const code = await runCli(['init', file], terminal)
  expect([terminal.stderr, terminal.closed, terminal.unasked]).toEqual(['', 1, 0])
  return { code, said: terminal.stdout }
}

async function unattended(
  ...words: readonly string[]
): Promise<CapturedTerminal & { code: number }> {
  const terminal = new CapturedTerminal()
  const code = await runCli(['init', file, '--yes', ...words], terminal)
  return Object.assign(terminal, { code })
}

/** A server that answers only this path well. */
async function serverWith(path: string): Promise<string> {
  const server = createServer(({ url }, response) => {
    response.writeHead(url === path ? 204 : 404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a conversation', () => {
  test('from servers to a file that can be run, with defaults for everything else', async () => {
    const [primary, backup] = [await startBackend(), await startBackend()]
    const port = await freePort()
    const listen = `127.0.0.1:${port}`
    const { code, said } = await talk(
      listen,
      primary.address,
      backup.address,
      ...['', '', '', '', '', '', '', '']
    )
    expect(code).toBe(0)
    expect(said).toContain(`primary  ${primary.address}  /health: 200 in`)
    expect(said).toContain('Time between two checks [2s]: \n')
    expect(said).toContain('a killed backend is noticed within 3.3 s')
    expect(said).toContain(`Next: switchyard run ${file}`)
    expect(said.indexOf('version: 1')).toBeLessThan(said.indexOf(`Write ${file}?`))
    const { listeners, pools, routes } = settings()
    expect(listeners).toMatchObject([{ address: { host: '127.0.0.1', port } }])
    expect(routes).toMatchObject([{ pool: 'app' }])
    expect(pools).toMatchObject([
      {
        algorithm: 'failover',
        backends: [
          { address: primary.address, level: 0, healthCheck: { type: 'http', path: '/health' } },
          { address: backup.address, level: 1 }
        ]
      }
    ])
    expect(statSync(file).mode & 0o777).toBe(0o644)
  })

  test('a wrong answer is explained and asked again', async () => {
    const server = (await startBackend()).address
    const { code, said } = await talk(
      '8080',
      `127.0.0.1:${await freePort()}`,
      '',
      'not an address!',
      `${server} ${server}`,
      server,
      server,
      '',
      'health',
      '/',
      '5',
      '5s',
      'two',
      '0',
      '2',
      '1',
      'pager',
      'none',
      'maybe',
      'y'
    )
    expect(code).toBe(0)
    for (const sentence of [
      'Write "127.0.0.1:8080".',
      'At least one server is needed',
      '"address!" is not an address',
      `${server} is named twice.`,
      `${server} is a primary server already.`,
      'A path begins with "/".',
      'Expected a duration such as 5s, 500ms, 1m, 1h or 1d, got "5".',
      'Expected a whole number, got "two".',
      '0 is out of range: 1 to',
      '"pager" is no channel: use log, email, webhook, metrics or none.',
      'Answer yes or no.'
    ]) {
      expect(said).toContain(sentence)
    }
    expect(settings().pools[0]?.backends[0]?.healthCheck).toMatchObject({
      intervalMs: 5000,
      unhealthyThreshold: 2,
      healthyThreshold: 1
    })
  })

  test.each([
    ['graceful', '45s', 'ramp: 45s', { strategy: 'graceful', rampMs: 45_000 }],
    ['delayed', '7s', 'delay: 7s', { strategy: 'delayed', delayMs: 7000 }]
  ])('a %s failover is asked for its time', async (strategy, time, line, expected) => {
    const [primary, backup] = [await startBackend(), await startBackend()]
    const { code } = await talk(
      `127.0.0.1:${await freePort()}`,
      primary.address,
      backup.address,
      ...['', '', '', ''],
      'sudden',
      strategy,
      'soon',
      time,
      '20s',
      '',
      ''
    )
    expect(code).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain(`  ${line}\n`)
    expect(settings().pools[0]?.failover).toMatchObject({ ...expected, recoveryIntervalMs: 20_000 })
  })

  test('channels are asked for, and secrets by the names of their variables only', async () => {
    const server = (await startBackend()).address
    const { code, said } = await talk(
      `127.0.0.1:${await freePort()}`,
      server,
      ...['', '', '', '', ''],
      'log email webhook metrics',
      'smtp.example.com:465',
      'ops@example.com.',
      'ops@example.com, on-call@example.com',
      'switchyard',
      'hunter2!',
      'SMTP_SECRET',
      '',
      'y'
    )
    expect(code).toBe(0)
    expect(said).toContain('"ops@example.com." is no mail address.')
    expect(said).toContain('The secret itself stays out of the file.')
    expect(said).toContain(
      'Set before it runs, for the notifications: SMTP_SECRET, SWITCHYARD_WEBHOOK_URL.'
    )
    const text = readFileSync(file, 'utf8')
    expect(said).toContain(`Try them: switchyard notify test --config ${file}`)
    expect(text).toContain('{ type: metrics }')
    expect(text).toContain('smtp_password: { env: SMTP_SECRET }')
    expect(text).toContain('{ type: webhook, url: { env: SWITCHYARD_WEBHOOK_URL } }')
    expect(text).toContain('recipients: ["ops@example.com", "on-call@example.com"]')
    expect(text).not.toContain('hunter2')
    settings()
  })

  test('no answer to the last question writes nothing', async () => {
    const server = (await startBackend()).address
    const answers = [`127.0.0.1:${await freePort()}`, server, '', '', '', '', '', '']
    expect(await talk(...answers, 'n')).toMatchObject({ code: 1 })
    expect(readdirSync(folder.path)).toEqual([])
  })

  test.each([0, 1, 2, 5, 8])('Ctrl+C after %i answers leaves nothing behind', async (count) => {
    const server = (await startBackend()).address
    const answers = [`127.0.0.1:${await freePort()}`, server, '', '', '', '', '', '']
    const { code, said } = await talk(...answers.slice(0, count))
    expect(code).toBe(1)
    expect(said).toMatch(/\nNothing was written\.\n$/)
    expect(readdirSync(folder.path)).toEqual([])
  })

  test('a file that is there is replaced only after a yes', async () => {
    folder.write('switchyard.yaml', 'mine')
    const server = (await startBackend()).address
    const answers = [`127.0.0.1:${await freePort()}`, server, '', '', '', '', '', '']
    const { code, said } = await talk(...answers, '')
    expect([code, readFileSync(file, 'utf8')]).toEqual([1, 'mine'])
    expect(said).toContain(`${file} is there already. Replace it? [y/N]`)
    expect((await talk(...answers, 'yes')).code).toBe(0)
    expect(settings().pools).toHaveLength(1)
    expect(readdirSync(folder.path)).toEqual(['switchyard.yaml'])
  })
})

describe('without anybody', () => {
  test('options and defaults are the answers', async () => {
    const { code, stdout, stderr } = await unattended(
      ...['--primary', '10.255.0.1:80,10.255.0.2:80', '--backup', 'https://b.invalid'],
      ...['--check-path', 'tcp', '--interval', '200ms', '--listen', '127.0.0.1:8081']
    )
    expect([code, stdout, stderr]).toEqual([
      64,
      '',
      'switchyard: --backup: Servers with http and with https cannot share a pool.\nSee switchyard --help.\n'
    ])
    expect(readdirSync(folder.path)).toEqual([])
    const one = await serverWith('/up')
    const closed = `127.0.0.1:${await freePort()}`
    const good = await unattended(
      ...['--primary', `${one},${closed}`, '--check-path', '/up', '--interval', '200ms'],
      ...['--listen', `127.0.0.1:${await freePort()}`]
    )
    expect([good.code, good.stderr]).toEqual([0, ''])
    expect(good.stdout).toMatch(new RegExp(`primary +${one} +/up: 204 in \\d+ ms\n`))
    expect(good.stdout).toMatch(new RegExp(`primary +${closed} +refused\n`))
    expect(good.stdout).toContain('Not every one of them answers now.')
    expect(settings().pools[0]).toMatchObject({
      algorithm: 'round_robin',
      backends: [{ healthCheck: { path: '/up', intervalMs: 200, fastIntervalMs: 200 } }, {}]
    })
  })

  test('the health check asks for what the servers answer well, else for a connection', async () => {
    const [health, own, neither] = [
      await serverWith('/health'),
      await serverWith('/up'),
      await serverWith('/x')
    ]
    const checkOf = async (primary: string): Promise<unknown> => {
      const listen = ['--listen', `127.0.0.1:${await freePort()}`]
      expect(await unattended('--primary', primary, ...listen, '--force')).toMatchObject({
        code: 0
      })
      return settings().pools[0]?.backends[0]?.healthCheck
    }
    expect(await checkOf(health)).toMatchObject({ type: 'http', path: '/health' })
    expect(await checkOf(`http://${own}/up`)).toMatchObject({ type: 'http', path: '/up' })
    expect(await checkOf(neither)).toMatchObject({ type: 'tcp' })
  })

  test('--json prints what was found and written', async () => {
    const server = (await startBackend()).address
    const listen = ['--listen', `127.0.0.1:${await freePort()}`]
    const { code, stdout } = await unattended('--primary', server, ...listen, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      isWritten: true,
      servers: [{ address: server, role: 'primary', outcome: 'answered' }],
      text: readFileSync(file, 'utf8'),
      file,
      isValid: true,
      summary: { backends: 1 },
      detection: [{ sentence: expect.stringContaining('within 3.3 s') as string }],
      next: `switchyard run ${file}`
    })
  })

  test('a file that is there needs --force, a folder that is not there is named', async () => {
    folder.write('switchyard.yaml', 'mine')
    const refused = await unattended('--primary', '127.0.0.1:1')
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toContain('Give --force to replace it.')
    expect(readFileSync(file, 'utf8')).toBe('mine')
    const terminal = new CapturedTerminal()
    const missing = join(folder.path, 'missing', 'a.yaml')
    expect(await runCli(['init', missing, '--yes', '--primary', '127.0.0.1:1'], terminal)).toBe(3)
    expect(terminal.stderr).toMatch(/a\.yaml cannot be written: ENOENT/)
  })

  test('who is needed is named, and where nobody can be asked it is said', async () => {
    expect((await unattended()).stderr).toContain('--primary is needed.')
    const terminal = new CapturedTerminal()
    expect(await runCli(['init', file], terminal)).toBe(2)
    expect(terminal.stderr).toBe(
      'switchyard init: Nobody can be asked here, because this is no terminal. Give --yes and --primary <addresses>.\n'
    )
    expect(await runCli(['init', file, '--json'], new CapturedTerminal())).toBe(64)
    expect(await runCli(['init', file, 'b', '--yes'], new CapturedTerminal())).toBe(64)
    expect(readdirSync(folder.path)).toEqual([])
  })
})
