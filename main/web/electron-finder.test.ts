/**
 * Finding Electron's binary: what is there is taken, what is not is fetched by Electron's own
 * installer within limits, and every way of not finding it ends in half a sentence.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import {
  CONNECT_LIMIT_MS,
  DOWNLOAD_LIMIT_MS,
  downloadServer,
  findElectron,
  type ElectronSearch
} from './electron-finder.ts'

/** Nobody listens on this port of loopback, so the probe is refused at once. */
const UNREACHABLE = { ELECTRON_MIRROR: 'http://127.0.0.1:1/' }

const BRINGS_BINARY = `
const fs = require('fs'), path = require('path')
fs.mkdirSync(path.join(__dirname, 'dist'))
fs.writeFileSync(path.join(__dirname, 'dist/electron'), '')
fs.writeFileSync(path.join(__dirname, 'path.txt'), 'electron')
`
const HANGS = 'setInterval(() => {}, 1000)'
const SAYS_PID = `
const folder = require('path').join(__dirname, 'pid')
require('fs').writeFileSync(folder + '.new', String(process.pid))
require('fs').renameSync(folder + '.new', folder)
`

let folder: TemporaryFolder
let clock: ManualClock
let said: string[]

beforeEach(() => {
  folder = temporaryFolder()
  clock = new ManualClock()
  said = []
})
afterEach(() => folder.remove())

function electronPackage(installer: string): string {
  const path = join(folder.path, 'node_modules/electron')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'package.json'), '{"name":"electron","version":"45.0.0"}')
  writeFileSync(join(path, 'install.js'), installer)
  return path
}

function search(
  environment: Record<string, string> = UNREACHABLE,
  signal = new AbortController().signal
): Promise<ElectronSearch> {
  const say = (line: string): void => void said.push(line)
  return findElectron({ root: folder.path, environment, signal, clock, say })
}

describe('findElectron', () => {
  test('takes the binary that the environment names', async () => {
    const path = folder.write('my-electron', '')
    await expect(search({ ELECTRON_EXEC_PATH: path })).resolves.toEqual({ isFound: true, path })
  })

  test('takes the binary that is installed, without running the installer', async () => {
    const path = electronPackage('process.exit(9)')
    mkdirSync(join(path, 'dist'))
    writeFileSync(join(path, 'dist/electron'), '')
    writeFileSync(join(path, 'path.txt'), 'electron')
    await expect(search()).resolves.toEqual({ isFound: true, path: join(path, 'dist/electron') })
  })

  test('takes what the installer brings from its cache, with no server to be reached', async () => {
    const path = electronPackage(BRINGS_BINARY)
    await expect(search()).resolves.toEqual({ isFound: true, path: join(path, 'dist/electron') })
    expect(said).toEqual([])
  })

  test('explains a missing package, a failing installer and one that brings nothing', async () => {
    await expect(search()).resolves.toEqual({
      isFound: false,
      reason: 'the electron package is not installed'
    })
    electronPackage('process.exit(1)')
    await expect(search()).resolves.toEqual({
      isFound: false,
      reason: "Electron's installer failed"
    })
    electronPackage('')
    await expect(search()).resolves.toEqual({
      isFound: false,
      reason: "Electron's installer left no binary"
    })
  })

  test('gives up after five seconds where the download server cannot be reached', async () => {
    electronPackage(HANGS)
    const searching = search()
    await eventually('the limits are set', () => clock.nextDueInMs === CONNECT_LIMIT_MS)
    clock.advance(CONNECT_LIMIT_MS)
    await expect(searching).resolves.toEqual({
      isFound: false,
      reason: "Electron's binary is not installed and 127.0.0.1 cannot be reached"
    })
    expect(clock.pendingCount).toBe(0)
  })

  test('ends at a signal, and its installer with it', async () => {
    const path = electronPackage(`${SAYS_PID}${HANGS}`)
    const stopping = new AbortController()
    const searching = search(UNREACHABLE, stopping.signal)
    const pidFile = join(path, 'pid')
    await eventually('the installer runs', () => existsSync(pidFile))
    stopping.abort()
    await expect(searching).resolves.toEqual({
      isFound: false,
      reason: 'the search for Electron was stopped'
    })
    const pid = Number(readFileSync(pidFile, 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(clock.pendingCount).toBe(0)
  })

  test('starts no installer after a signal', async () => {
    const path = electronPackage(SAYS_PID)
    await expect(search(UNREACHABLE, AbortSignal.abort())).resolves.toMatchObject({
      isFound: false
    })
    expect(existsSync(join(path, 'pid'))).toBe(false)
  })

  test('lets the download go on once the server was reached, but not for ever', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    electronPackage(HANGS)
    const searching = search({ ELECTRON_MIRROR: `http://127.0.0.1:${port}/` })
    await eventually('the longer limit is set', () => clock.nextDueInMs === DOWNLOAD_LIMIT_MS)
    expect(said).toEqual(["Fetching Electron's binary from 127.0.0.1, once …"])
    clock.advance(DOWNLOAD_LIMIT_MS)
    await expect(searching).resolves.toMatchObject({ reason: expect.stringContaining('too long') })
    expect(clock.pendingCount).toBe(0)
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('downloadServer', () => {
  test('is GitHub, a mirror, or the proxy that Electron was told to use', () => {
    expect(downloadServer({})).toEqual({ host: 'github.com', port: 443 })
    expect(downloadServer({ ELECTRON_MIRROR: 'https://mirror.test:8443/electron/' })).toEqual({
      host: 'mirror.test',
      port: 8443
    })
    const proxy = { HTTPS_PROXY: 'http://proxy.test' }
    expect(downloadServer(proxy)).toEqual({ host: 'github.com', port: 443 })
    expect(downloadServer({ ...proxy, ELECTRON_GET_USE_PROXY: '1' })).toEqual({
      host: 'proxy.test',
      port: 80
    })
  })
})
