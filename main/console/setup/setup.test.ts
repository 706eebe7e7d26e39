/** Contract: what people type is understood or refused in words, and ports and probes tell the truth. */
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../../proxy-core/config/load-config.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { CertificateAuthority } from '../../../test/servers/certificate-authority.ts'
import { startBackend } from '../../../test/servers/engine-fixture.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import type { WorkspaceState } from '../../../preload/contract/workspace-state.ts'
import { choosePort, nextFreePort } from './free-port.ts'
import { portHolder } from './port-holder.ts'
import { answerSentence, PROBE_LIMIT_MS, probeAddress } from './probe-address.ts'
import { SetupDesk } from './setup-desk.ts'
import { readTypedAddress } from './typed-address.ts'

describe('an address as typed', () => {
  test.each([
    ['10.0.0.1:8080', '10.0.0.1:8080', false, '/'],
    ['api.internal', 'api.internal:80', false, '/'],
    [' localhost:3000/ ', 'localhost:3000', false, '/'],
    ['http://api.internal', 'api.internal:80', false, '/'],
    ['HTTPS://api.internal/health?full=1#top', 'api.internal:443', true, '/health?full=1'],
    ['https://[::1]:8443', '[::1]:8443', true, '/'],
    ['::1', '[::1]:80', false, '/'],
    ['[fd00::1]:81', '[fd00::1]:81', false, '/'],
    ['http://api?x=1', 'api:80', false, '/?x=1']
  ])('%s is %s', (typed, address, isTls, path) => {
    expect(readTypedAddress(typed)).toMatchObject({ address, isTls, path })
  })

  test.each([
    '',
    'a b',
    ':80',
    'ftp://a',
    'http://',
    'a:0',
    'a:65536',
    'http://u:p@a/',
    'ä',
    '/x',
    '10.0.0.300'
  ])('%j is none', (typed) => {
    expect(readTypedAddress(typed)).toBeNull()
  })
})

describe('a probe', () => {
  const never = new AbortController().signal

  async function sentence(typed: string, clock = systemClock): Promise<string> {
    return answerSentence(await probeAddress(readTypedAddress(typed)!, clock, never))
  }

  test('says the status and the time', async () => {
    const backend = await startBackend()
    expect(await sentence(`http://${backend.address}/health`)).toMatch(/^200 in \d+ ms$/)
    expect(backend.targets).toEqual(['/health'])
  })

  test('says who refuses and who has no name', async () => {
    const port = await freedPort()
    expect(await sentence(`127.0.0.1:${port}`)).toBe('refused')
    expect(await sentence('no-such-name.invalid')).toBe('name does not resolve')
  })

  test('says what is no HTTP, and what ends without an answer', async () => {
    const ssh = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_10.0\r\n'))
    expect(await sentence(`127.0.0.1:${ssh}`)).toBe('answers, but not with HTTP')
    const closing = await rawServer((socket) => socket.end())
    expect(await sentence(`127.0.0.1:${closing}`)).toBe('closed without an answer')
  })

  test('gives up after its limit', async () => {
    const silent = await rawServer(() => {})
    const clock = new ManualClock()
    const answer = sentence(`127.0.0.1:${silent}`, clock)
    clock.advance(PROBE_LIMIT_MS)
    expect(await answer).toBe('no answer within 3 s')
    expect(clock.pendingCount).toBe(0)
  })

  test('tells TLS troubles apart', async () => {
    const plain = createHttpServer((_, response) => response.end())
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void plain.close())
    const { port } = plain.address() as AddressInfo
    expect(await sentence(`https://127.0.0.1:${port}`)).toBe('TLS: it does not speak TLS')
    const { certPem, keyPem } = new CertificateAuthority().issue({ names: ['localhost'] })
    const backend = await startBackend('tls', { tls: { cert: certPem, key: keyPem } })
    const answer = await sentence(`https://localhost:${backend.port}`)
    expect(answer).toBe('TLS: certificate of an unknown authority')
  })

  test('ends with its call', async () => {
    const silent = await rawServer(() => {})
    const abort = new AbortController()
    const answer = probeAddress(readTypedAddress(`127.0.0.1:${silent}`)!, systemClock, abort.signal)
    abort.abort(new SwitchyardError('CANCELLED', 'Typed on.'))
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('a port', () => {
  test('that is free is taken', async () => {
    const port = await freedPort()
    expect(await choosePort(port)).toEqual({ port, isWanted: true, reason: '' })
  })

  test('that is in use has a holder, and another one is offered', async () => {
    const port = await rawServer(() => {})
    const choice = await choosePort(port)
    expect(choice.isWanted).toBe(false)
    expect(choice.port).toBeGreaterThan(port)
    expect(choice.reason).toMatch(
      new RegExp(`^${port} is in use by .+ \\(process ${process.pid}\\)$`)
    )
    expect(await nextFreePort(port, [port + 1])).toBeGreaterThan(port + 1)
  })

  test('none is wanted: the usual one or the next', async () => {
    const choice = await choosePort(null)
    expect(choice.port).toBeGreaterThanOrEqual(8080)
  })

  test('its holder is found through the sockets of processes', async () => {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    const row = (port: string, state: string, inode: number): string =>
      `   0: 0100007F:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`
    mkdirSync(join(folder.path, 'net'))
    folder.write(
      'net/tcp',
      `  sl  local_address\n${row('1F90', '01', 5)}\n${row('1F90', '0A', 77)}\n`
    )
    for (const [pid, inode] of [
      ['10', 5],
      ['812', 77]
    ] as const) {
      mkdirSync(join(folder.path, pid, 'fd'), { recursive: true })
      symlinkSync(`socket:[${inode}]`, join(folder.path, pid, 'fd', '3'))
      writeFileSync(join(folder.path, pid, 'comm'), 'nginx\n')
    }
    expect(await portHolder(8080, folder.path)).toEqual({ pid: 812, name: 'nginx' })
    expect(await portHolder(8081, folder.path)).toBeNull()
    expect(await portHolder(8080, join(folder.path, 'missing'))).toBeNull()
  })
})

describe('starting with pasted addresses', () => {
  const never = new AbortController().signal
  const OPENED = { kind: 'file' } as WorkspaceState

  function desk(openFile: (file: string) => Promise<WorkspaceState>): {
    setup: SetupDesk
    folder: string
  } {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    const setup = new SetupDesk({ clock: systemClock, stateFolder: folder.path, openFile })
    return { setup, folder: join(folder.path, 'workspaces') }
  }

  test('writes a file that is valid without a warning, opens it, and says how to try it', async () => {
    const one = await startBackend()
    const two = await startBackend()
    const opened: string[] = []
    const { setup, folder } = desk((file) => {
      opened.push(file)
      return Promise.resolve(OPENED)
    })
    const typed = [
      `http://${one.address}/up`,
      ` http://${two.address}/up `,
      `http://${one.address}/up`
    ]
    const port = await freedPort()
    expect(await setup.start(typed, port, never)).toEqual({
      workspace: OPENED,
      url: `http://127.0.0.1:${port}/`,
      curl: `curl http://127.0.0.1:${port}/`
    })
    expect(opened).toEqual([join(folder, 'my-backends.yaml')])
    const text = readFileSync(opened[0]!, 'utf8')
    const result = loadConfig(text, { file: 'a', baseDir: '/' })
    expect(result).toMatchObject({ ok: true, warnings: [] })
    expect(result.ok && result.settings.pools[0]?.backends).toMatchObject([
      { address: one.address, healthCheck: { type: 'http', path: '/up' } },
      { address: two.address }
    ])
    expect(statSync(opened[0]!).mode & 0o777).toBe(0o600)
    await setup.start([one.address], port, never)
    expect(opened[1]).toBe(join(folder, 'my-backends-2.yaml'))
  })

  test('only asks for connections where a path is not answered well', async () => {
    const server = createHttpServer((_, response) => response.writeHead(404).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { setup, folder } = desk(() => Promise.resolve(OPENED))
    const { port } = server.address() as AddressInfo
    await setup.start([`127.0.0.1:${port}`], 8080, never)
    expect(readFileSync(join(folder, 'my-backends.yaml'), 'utf8')).toContain('type: tcp')
  })

  test('https backends are spoken to with TLS, and not mixed with others', async () => {
    const port = await freedPort()
    const { setup, folder } = desk(() => Promise.resolve(OPENED))
    await setup.start([`https://127.0.0.1:${port}`], 8080, never)
    const text = readFileSync(join(folder, 'my-backends.yaml'), 'utf8')
    expect(loadConfig(text, { file: 'a', baseDir: '/' })).toMatchObject({
      ok: true,
      settings: { pools: [{ tls: { verify: true } }] }
    })
    await expect(setup.start(['https://a', 'http://b'], 8080, never)).rejects.toMatchObject({
      code: 'ARGUMENTS_INVALID'
    })
    await expect(setup.start(['a b'], 8080, never)).rejects.toMatchObject({
      code: 'ARGUMENTS_INVALID'
    })
  })

  test('a file that could not be opened is not left behind', async () => {
    const failure = new SwitchyardError('ENGINE_DIED', 'It ended.')
    const { setup, folder } = desk(() => Promise.reject(failure))
    await expect(setup.start([`127.0.0.1:${await freedPort()}`], 8080, never)).rejects.toBe(failure)
    expect(readdirSync(folder)).toEqual([])
  })
})

async function rawServer(take: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    take(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function freedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
