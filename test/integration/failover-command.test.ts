/**
 * Contract: another terminal of the same user steers the failover of a `switchyard run` without
 * being told where it is; curl does so without a token under `--admin-auth none`, and only that.
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { FailoverChange, FailoverStatus } from '../../proxy-core/model/failover-report.ts'
import { requires } from '../setup/requirements.ts'
import { ChildServer } from '../servers/child-server.ts'
import { CertificateAuthority } from '../servers/certificate-authority.ts'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import { startBackends } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'

const CLI = join(import.meta.dirname, '../../main/cli/cli.ts')
const DEADLINE_MS = 15_000
/** Each test starts up to seven processes; on a busy machine that takes its time. */
const LIMIT_MS = 120_000

let folder: TemporaryFolder
let file: string
let parts: ConfigurationParts

beforeEach(async () => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const [primary, backup] = await startBackends('primary', 'backup')
  parts = {
    backends: [{ address: primary!.address }, { address: backup!.address, failover_level: 1 }]
  }
  file = folder.write('switchyard.yaml', configuration(parts))
})

async function run(...options: string[]): Promise<ChildServer> {
  const server = await ChildServer.start(process.execPath, [CLI, 'run', file, ...options], {
    env: { XDG_STATE_HOME: folder.path, NO_COLOR: '1' },
    readyWhen: /Admin API: /
  })
  onTestFinished(async () => {
    await within('the end of both processes', server.stop('SIGKILL'), DEADLINE_MS)
  })
  await eventually('word of the admin API', () => stateFiles().includes('admin.json'), DEADLINE_MS)
  return server
}

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

function program(command: string, ...words: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_STATE_HOME: folder.path, NO_COLOR: '1' }
    const child = execFile(command, words, { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err })
    )
    child.stdin?.end()
  })
}

function failover(...words: string[]): Promise<Outcome> {
  return program(process.execPath, CLI, 'failover', ...words)
}

function stateFiles(): readonly string[] {
  const base = join(folder.path, 'switchyard')
  if (!existsSync(base)) return []
  return readdirSync(base).flatMap((name) => readdirSync(join(base, name)))
}

describe('the command', () => {
  test(
    'finds the instance, activates over a restart of the balancer, and deactivates',
    async () => {
      const first = await run()
      const status = JSON.parse(
        (await failover('status', '--pool', 'main', '--json')).out
      ) as object
      expect(status).toMatchObject({ phase: 'normal', activeLevel: 0 })
      const activated = await failover('activate', '--yes', '--reason', 'disks', '--config', file)
      expect(activated.err).toBe('')
      expect(activated.out).toContain('Pool main: LATCHED on level 1 by an operator (disks);')
      await first.stop('SIGTERM')
      expect(stateFiles()).not.toContain('admin.json')
      const nobody = await failover('status')
      expect([nobody.code, nobody.out]).toEqual([4, ''])
      expect(nobody.err).toContain('No instance of this user runs')

      await run()
      const after = JSON.parse((await failover('status', '--json')).out) as {
        readonly pools: readonly FailoverStatus[]
      }
      expect(after.pools).toMatchObject([
        { phase: 'latched', latchedLevel: 1, latchReason: 'disks' }
      ])
      const deactivated = await failover('deactivate', '--yes', '--json')
      expect(JSON.parse(deactivated.out) as FailoverChange).toMatchObject({
        changed: true,
        status: { latchedLevel: null }
      })
    },
    LIMIT_MS
  )

  test(
    'speaks TLS with the very certificate of the instance, whatever name is in it',
    async () => {
      const { certPem, keyPem } = new CertificateAuthority().issue({ names: ['ops.example'] })
      folder.write('site.pem', certPem)
      folder.write('site.key', keyPem)
      const tls = { cert: 'site.pem', key: 'site.key' }
      folder.write('switchyard.yaml', configuration({ ...parts, admin: { tls } }))
      await run()
      const { code, out, err } = await failover('status', '--config', file)
      expect([code, err]).toEqual([0, ''])
      expect(out).toContain('Pool main: normal, level 0 serves.')
    },
    LIMIT_MS
  )

  test(
    'asks nobody where nobody is, and changes nothing then',
    async () => {
      await run()
      const { code, err } = await failover('activate')
      expect(code).toBe(64)
      expect(err).toContain('add --yes')
      const { out } = await failover('status', '--pool', 'main', '--json')
      expect(JSON.parse(out)).toMatchObject({ phase: 'normal' })
    },
    LIMIT_MS
  )
})

requires('script')('at a terminal', () => {
  async function activate(answer: string): Promise<ChildServer> {
    const command = `${process.execPath} ${CLI} failover activate`
    const terminal = await ChildServer.start('script', ['-qec', command, '/dev/null'], {
      env: { XDG_STATE_HOME: folder.path, NO_COLOR: '1', SHELL: '/bin/sh' },
      readyWhen: /Activate the failover of pool main\? \[y\/N\] /
    })
    terminal.say(answer)
    return terminal
  }

  test.each([
    ['y\n', 0, 'Done.', 'latched'],
    ['no\n', 5, 'Nothing was changed.', 'normal'],
    ['\u0004', 5, 'Nothing was changed.', 'normal']
  ])(
    'the answer %j ends with %d',
    async (answer, code, sentence, phase) => {
      await run()
      const terminal = await activate(answer)
      expect(await terminal.exited).toMatchObject({ code })
      expect(terminal.output).toContain('Pool main would go from level 0 to level 1.')
      expect(terminal.output).toContain(sentence)
      const { out } = await failover('status', '--pool', 'main', '--json')
      expect(JSON.parse(out)).toMatchObject({ phase })
    },
    LIMIT_MS
  )
})

requires('curl')('curl under --admin-auth none', () => {
  /** Status and body. */
  async function curl(target: string, ...options: string[]): Promise<readonly [number, string]> {
    const words = ['-s', '-w', String.raw`\n%{http_code}`, ...options, `${await base()}${target}`]
    const { out } = await program('curl', ...words)
    const end = out.lastIndexOf('\n')
    return [Number(out.slice(end + 1)), out.slice(0, end)]
  }

  async function base(): Promise<string> {
    const state = join(folder.path, 'switchyard')
    const [instance] = readdirSync(state)
    const text = readFileSync(join(state, instance!, 'admin.json'), 'utf8')
    return (JSON.parse(text) as { readonly url: string }).url.replace('127.0.0.1', 'localhost')
  }

  test(
    'is free on the four failover paths, without body and content type, and nowhere else',
    async () => {
      await run('--admin-auth', 'none')
      for (const path of ['test', 'activate', 'deactivate']) {
        expect((await curl(`/api/v1/failover/${path}?pool=main`, '-X', 'POST'))[0]).toBe(200)
      }
      expect((await curl('/api/v1/failover/status?pool=main'))[0]).toBe(200)
      for (const path of ['/api/v1/pools', '/api/v1/events', '/metrics', '/api/v1/openapi.json']) {
        expect((await curl(path))[0], path).toBe(401)
      }
      const page = ['-X', 'POST', '-H', 'Origin: http://evil.example']
      expect((await curl('/api/v1/failover/activate?pool=main', ...page))[0]).toBe(403)
    },
    LIMIT_MS
  )
})
