/**
 * Which host the console starts on, what the operator is told about it, and that there is one
 * console for each user, to which another link can be had.
 */
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { InstallLayout } from '../page/install-layout.ts'
import type { DisplayFacts } from './display.ts'
import { linkToRunningConsole } from './mint-request.ts'
import { startConsole, type ConsoleOptions } from './start-console.ts'
import { consoleDouble, STOPPED, type ConsoleDouble } from './testing/console-double.ts'

const HANGING_INSTALLER = `
require('fs').writeFileSync(require('path').join(__dirname, 'runs'), '')
setInterval(() => {}, 1000)
`

let folder: TemporaryFolder
let stopping: AbortController
let said: string[]
let services: ConsoleDouble

beforeEach(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder.path, 'renderer'))
  folder.write('renderer/index.html', '<title>page</title>')
  stopping = new AbortController()
  said = []
  services = consoleDouble()
})
afterEach(() => folder.remove())

function start(
  display: Partial<DisplayFacts> = {},
  options: Partial<ConsoleOptions> = {}
): Promise<number> {
  const install: InstallLayout = {
    root: folder.path,
    version: '1.2.3',
    rendererFolder: join(folder.path, 'renderer'),
    preloadFile: '',
    iconFile: ''
  }
  const { environment, ...facts } = display
  return startConsole({
    host: 'auto',
    install,
    display: {
      platform: 'linux',
      isRoot: false,
      ...facts,
      environment: { HOME: folder.path, BROWSER: 'none', ...environment }
    },
    say: (line) => said.push(line),
    log: (line) => said.push(`log: ${line}`),
    signal: stopping.signal,
    impatience: new AbortController().signal,
    createConsole: services.create,
    ...options
  })
}

function stateFolder(): string {
  return join(folder.path, '.local/state/switchyard/console')
}

function electron(script: string): { DISPLAY: string; ELECTRON_EXEC_PATH: string } {
  const path = folder.write('electron', `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return { DISPLAY: ':0', ELECTRON_EXEC_PATH: path }
}

async function servedUrl(): Promise<string> {
  const line = await eventually('the address is said', () =>
    said.find((text) => text.startsWith('Switchyard console: '))
  )
  return line.replace('Switchyard console: ', '')
}

/** The rest of what it says comes within the same turn as the address. */
async function stopped(running: Promise<number>): Promise<number> {
  stopping.abort()
  return running
}

describe('the host', () => {
  test('is a browser without a display, with one line that says why, and ends with 0', async () => {
    const running = start()
    const response = await fetch(await servedUrl(), { redirect: 'manual' })
    expect(response.status).toBe(303)
    expect(said[0]).toBe(
      'No desktop window: this machine has no display (DISPLAY is not set). ' +
        'The console is served to a browser instead.'
    )
    expect(await stopped(running)).toBe(0)
  })

  test('is a window where one can be opened, and nothing is served then', async () => {
    await expect(start({ environment: electron('exit 0') })).resolves.toBe(0)
    expect(said).toEqual([])
    expect(services.made).toEqual([])
  })

  test('is a browser when the window dies at once', async () => {
    const running = start({ environment: electron('exit 5') })
    await servedUrl()
    expect(said[0]).toContain('Electron ended at once (code 5)')
    await stopped(running)
  })

  test('is a browser without a look for a window where that is wanted', async () => {
    const running = start({ environment: electron('exit 0') }, { host: 'web' })
    await servedUrl()
    expect(said[0]).toContain('Switchyard console:')
    await stopped(running)
  })

  test('is nothing where a window is wanted and cannot be opened', async () => {
    await expect(start({}, { host: 'electron' })).rejects.toMatchObject({
      code: 'ABILITY_MISSING',
      message: expect.stringContaining('this machine has no display') as string
    })
    expect(services.made).toEqual([])
  })

  test.each(['auto', 'electron'] as const)(
    'is none when a signal comes while Electron is looked for: %s',
    async (host) => {
      const path = join(folder.path, 'node_modules/electron')
      mkdirSync(path, { recursive: true })
      folder.write('node_modules/electron/package.json', '{"name":"electron","version":"45.0.0"}')
      folder.write('node_modules/electron/install.js', HANGING_INSTALLER)
      const environment = { DISPLAY: ':0', ELECTRON_MIRROR: 'http://127.0.0.1:1/' }
      // No limit ends the search here, only the signal.
      const running = start({ environment }, { host, clock: new ManualClock() })
      await eventually('the installer runs', () => existsSync(join(path, 'runs')))
      await expect(stopped(running)).resolves.toBe(0)
      expect({ said, made: services.made }).toEqual({ said: [], made: [] })
    }
  )

  test('shows an operator on SSH how to reach the page', async () => {
    const running = start({ environment: { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' } })
    const { port } = new URL(await servedUrl())
    const tunnel = `ssh -L ${port}:127.0.0.1:${port}`
    await eventually('the tunnel is said', () => said.some((line) => line.includes(tunnel)))
    await stopped(running)
  })
})

describe('the services', () => {
  test('are made with the folders of the user, and their stop is told', async () => {
    const running = start()
    await servedUrl()
    expect(services.made).toMatchObject([
      {
        version: '1.2.3',
        stateFolder: stateFolder(),
        settingsFolder: join(folder.path, '.config/switchyard')
      }
    ])
    await stopped(running)
    expect(services.stops).toBe(1)
    expect(said.at(-1)).toBe(STOPPED)
  })

  test('are stopped when the port is taken, and the lock is given back', async () => {
    const running = start()
    const port = Number(new URL(await servedUrl()).port)
    const other = temporaryFolder()
    const environment = { HOME: other.path }
    await expect(start({ environment }, { host: 'web', port })).rejects.toMatchObject({
      code: 'PORT_IN_USE'
    })
    expect(services.stops).toBe(1)
    expect(existsSync(join(other.path, '.local/state/switchyard/console/lock'))).toBe(false)
    other.remove()
    await stopped(running)
  })

  test('that cannot be made leave no lock behind', async () => {
    const createConsole = (): Promise<never> => Promise.reject(new Error('no'))
    await expect(start({}, { createConsole })).rejects.toThrow('no')
    expect(existsSync(join(stateFolder(), 'lock'))).toBe(false)
  })
})

describe('another link', () => {
  test('leads to the console that runs, from a file that only its user can read', async () => {
    const running = start()
    const first = await servedUrl()
    expect(statSync(join(stateFolder(), 'web-host.json')).mode & 0o777).toBe(0o600)
    const second = await linkToRunningConsole(stateFolder())
    expect(new URL(second).origin).toBe(new URL(first).origin)
    expect(second).not.toBe(first)
    expect((await fetch(second, { redirect: 'manual' })).status).toBe(303)
    await stopped(running)
  })

  test('is CONSOLE_NOT_RUNNING before the start, after the stop and after a kill', async () => {
    const none = { code: 'CONSOLE_NOT_RUNNING' }
    await expect(linkToRunningConsole(stateFolder())).rejects.toMatchObject(none)
    const running = start()
    const { port } = new URL(await servedUrl())
    await stopped(running)
    expect(existsSync(join(stateFolder(), 'web-host.json'))).toBe(false)
    await expect(linkToRunningConsole(stateFolder())).rejects.toMatchObject(none)
    folder.write(
      '.local/state/switchyard/console/web-host.json',
      JSON.stringify({ port: Number(port), mintKey: 'left' })
    )
    await expect(linkToRunningConsole(stateFolder())).rejects.toMatchObject(none)
  })

  test.each(['{', '{"port":0,"mintKey":"a"}', '[]'])(
    'is not had from a torn file: %s',
    async (text) => {
      mkdirSync(stateFolder(), { recursive: true })
      folder.write('.local/state/switchyard/console/web-host.json', text)
      await expect(linkToRunningConsole(stateFolder())).rejects.toMatchObject({
        code: 'CONSOLE_NOT_RUNNING'
      })
    }
  )
})
