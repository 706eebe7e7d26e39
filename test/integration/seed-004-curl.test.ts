/**
 * Contract: seed 004 works as it is written. Its YAML blocks run unmodified under
 * `--admin-auth none`, with a resolver that answers loopback, and every curl line of its text,
 * given to a shell and to the real curl, gets the answer that the reference documents.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import {
  failoverChangeSchema,
  failoverPreviewSchema,
  failoverStatusSchema,
  type FailoverStatus
} from '../../proxy-core/model/failover-report.ts'
import { EMPTY_OVERLAY } from '../../proxy-core/engine/engine-view.ts'
import type { EngineSettings } from '../../proxy-core/model/settings.ts'
import { programPath, requires } from '../setup/requirements.ts'
import {
  ADMIN_TOKEN,
  EngineFixture,
  getRequest,
  settingsOf,
  startBackend
} from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { exchangeOnce } from '../servers/raw-client.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

const FIXTURES = new URL('../../proxy-core/config/fixtures/', import.meta.url)

const SEED_POOL = 'app-principal-pool'

const [TEST, ACTIVATE, DEACTIVATE, STATUS] = fixture('seed-004-curl.sh.txt')
  .trimEnd()
  .split('\n') as [string, string, string, string]

function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8')
}

interface Answer {
  readonly status: number
  readonly document: unknown
}

class Seed {
  readonly fixture: EngineFixture
  /** Curl finds its own settings here: the lines stay as they are, only the port is led to ours. */
  readonly #home = temporaryFolder()

  private constructor(engine: EngineFixture) {
    this.fixture = engine
    onTestFinished(() => this.#home.remove())
    const curlrc = [
      `connect-to = "localhost:9000:127.0.0.1:${engine.engine.adminAddress!.port}"`,
      'silent',
      'show-error',
      String.raw`write-out = "\n%{http_code}"`
    ]
    this.#home.write('.curlrc', `${curlrc.join('\n')}\n`)
  }

  /** As `run --admin-auth none`; each server of the block is a backend of ours. */
  static async run(block: number): Promise<Seed> {
    const settings = settingsOf(fixture(`seed-004-block-${block}.yaml.txt`))
    const engine = EngineFixture.prepare()
    await engine.engine.start(await onOwnPorts(settings), EMPTY_OVERLAY)
    return new Seed(engine)
  }

  async curl(line: string, pool = SEED_POOL): Promise<Answer> {
    expect(line).toMatch(/^curl /)
    const output = await this.#shell(line.replace(SEED_POOL, pool))
    const [, body, status] = /^([^]*)\n(\d+)$/.exec(output)!
    return { status: Number(status), document: JSON.parse(body!) as unknown }
  }

  async status(pool?: string): Promise<FailoverStatus> {
    const { status, document } = await this.curl(STATUS, pool)
    expect(status).toBe(200)
    return failoverStatusSchema.parse(document)
  }

  /** Which server answered a request to the host of block 1. */
  async answeredBy(): Promise<string> {
    const [listener] = this.fixture.engine.listeners
    const port = Number(listener!.address.split(':').at(-1))
    const response = await exchangeOnce(port, getRequest('/', 'Host: sua-aplicacao.com'))
    return response.body.toString().split(' ')[0]!
  }

  async metrics(): Promise<readonly string[]> {
    const fields = ['Host: localhost', `Authorization: Bearer ${ADMIN_TOKEN}`]
    const head = ['GET /metrics HTTP/1.1', ...fields, '', ''].join('\r\n')
    const page = await exchangeOnce(this.fixture.engine.adminAddress!.port, head)
    return page.body.toString().split('\n')
  }

  #shell(line: string): Promise<string> {
    const env = { ...process.env, CURL_HOME: this.#home.path, NO_PROXY: '*' }
    return new Promise((resolve, reject) => {
      execFile('sh', ['-c', line], { env }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${line}: ${stderr}`))
        else resolve(stdout)
      })
    })
  }
}

/** Addresses and names stay those of the seed; only where they lead to is this machine. */
async function onOwnPorts(settings: EngineSettings): Promise<EngineSettings> {
  const pools = settings.pools.map(async (pool) => {
    const backends = pool.backends.map(async (backend) => {
      const server = await startBackend(backend.host)
      return { ...backend, port: server.port }
    })
    return { ...pool, backends: await Promise.all(backends) }
  })
  return {
    ...settings,
    admin: { ...settings.admin, auth: 'none', address: { host: '127.0.0.1', port: 0 } },
    listeners: settings.listeners.map((listener) => ({
      ...listener,
      address: { ...listener.address, port: 0 }
    })),
    pools: await Promise.all(pools)
  }
}

requires('curl')('seed 004', () => {
  test('is asked with the program that its text names', () => {
    expect(programPath('curl')).toMatch(/curl$/)
    for (const line of [TEST, ACTIVATE, DEACTIVATE, STATUS]) expect(line).toContain(SEED_POOL)
  })

  test('block 1: the primary serves, the backup takes over by hand, and it ends by hand', async () => {
    const seed = await Seed.run(1)
    expect(await seed.status()).toMatchObject({ phase: 'normal', activeLevel: 0, isEnabled: true })
    expect(await seed.answeredBy()).toBe('servidor-principal')

    const preview = await seed.curl(TEST)
    expect(preview.status).toBe(200)
    expect(failoverPreviewSchema.parse(preview.document)).toMatchObject({
      pool: SEED_POOL,
      fromLevel: 0,
      toLevel: 1,
      standby: [{ address: 'servidor-backup:80', isEligible: true, health: 'up' }]
    })
    expect((await seed.status()).phase).toBe('normal')

    const activated = await seed.curl(ACTIVATE)
    expect(activated.status).toBe(200)
    expect(failoverChangeSchema.parse(activated.document)).toMatchObject({
      changed: true,
      status: { phase: 'latched', activeLevel: 1, latchedLevel: 1, activations: 1 }
    })
    expect(await seed.answeredBy()).toBe('servidor-backup')
    expect(await seed.curl(ACTIVATE)).toMatchObject({ status: 200, document: { changed: false } })
    expect(await seed.status()).toMatchObject({ phase: 'latched', isFailedOver: true })

    const deactivated = await seed.curl(DEACTIVATE)
    expect(deactivated.status).toBe(200)
    expect(failoverChangeSchema.parse(deactivated.document)).toMatchObject({
      changed: true,
      status: { latchedLevel: null }
    })
    expect(await seed.curl(DEACTIVATE)).toMatchObject({ status: 200, document: { changed: false } })
  })

  test('block 1: its four metrics say the same', async () => {
    const seed = await Seed.run(1)
    const label = `{pool="${SEED_POOL}"}`
    expect(await seed.metrics()).toContain(`veloflux_failover_active${label} 0`)
    const beforeS = Date.now() / 1000
    await seed.curl(ACTIVATE)
    const page = await seed.metrics()
    expect(page).toContain(`veloflux_failover_active${label} 1`)
    const valueOf = (name: string): number =>
      Number(page.find((line) => line.startsWith(`${name}${label} `))?.split(' ')[1])
    expect(valueOf('veloflux_failover_events_total')).toBeGreaterThanOrEqual(1)
    expect(valueOf('veloflux_failover_last_activation')).toBeGreaterThan(beforeS - 1)
    expect(valueOf('veloflux_failover_duration_seconds')).toBeGreaterThanOrEqual(0)
  })

  test('block 1: without a standby the activation is a conflict that names its remedy', async () => {
    const seed = await Seed.run(1)
    seed.fixture.engine.setAdminState(SEED_POOL, 'servidor-backup:80', 'maint', 'disk')
    expect(await seed.curl(TEST)).toMatchObject({ status: 200, document: { toLevel: null } })
    expect(await seed.curl(ACTIVATE)).toMatchObject({
      status: 409,
      document: { error: { code: 'NO_STANDBY', remedy: expect.any(String) as string } }
    })
  })

  test('block 2: pools without backends have nothing to fail over to, and say so', async () => {
    const seed = await Seed.run(2)
    for (const pool of ['app1-pool', 'app2-pool']) {
      expect(await seed.status(pool)).toMatchObject({ pool, isEnabled: false, levels: [] })
      for (const line of [TEST, ACTIVATE, DEACTIVATE]) {
        expect(await seed.curl(line, pool)).toMatchObject({
          status: 409,
          document: { error: { code: 'FAILOVER_NOT_CONFIGURED' } }
        })
      }
    }
    for (const line of [TEST, ACTIVATE, DEACTIVATE, STATUS]) {
      expect(await seed.curl(line)).toMatchObject({
        status: 404,
        document: { error: { code: 'POOL_UNKNOWN' } }
      })
    }
  })

  test('block 3: the cascade goes from level to level', async () => {
    const seed = await Seed.run(3)
    expect((await seed.status('default')).levels.map(({ level }) => level)).toEqual([0, 1, 2])
    expect(await seed.answeredBy()).toBe('primary-server')
    expect(await seed.curl(ACTIVATE, 'default')).toMatchObject({
      document: { status: { activeLevel: 1 } }
    })
    expect(await seed.answeredBy()).toBe('secondary-server')
    seed.fixture.engine.setAdminState('default', 'secondary-server:80', 'maint', 'disk')
    await eventually(
      'the third server',
      async () => (await seed.answeredBy()) === 'tertiary-server'
    )
    expect(await seed.status('default')).toMatchObject({ activeLevel: 2, phase: 'latched' })
  })

  test('block 4: both other regions stand by', async () => {
    const seed = await Seed.run(4)
    const { document } = await seed.curl(TEST, 'global-pool')
    expect(failoverPreviewSchema.parse(document)).toMatchObject({
      toLevel: 1,
      standby: [{ address: 'us-west-server:80' }, { address: 'eu-west-server:80' }]
    })
    expect(await seed.curl(ACTIVATE, 'global-pool')).toMatchObject({ status: 200 })
    expect(await seed.status('global-pool')).toMatchObject({ activeLevel: 1 })
  })
})
