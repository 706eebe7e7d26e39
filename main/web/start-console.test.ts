/** Which host the console starts on, and what the operator is told about it. */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { InstallLayout } from '../page/install-layout.ts'
import type { DisplayFacts } from './display.ts'
import { startConsole } from './start-console.ts'

let folder: TemporaryFolder
let stopping: AbortController
let said: string[]

beforeEach(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder.path, 'renderer'))
  folder.write('renderer/index.html', '<title>page</title>')
  stopping = new AbortController()
  said = []
})
afterEach(() => folder.remove())

function start(display: Partial<DisplayFacts>, host: 'auto' | 'web' = 'auto'): Promise<number> {
  const install: InstallLayout = {
    root: folder.path,
    version: '1.2.3',
    rendererFolder: join(folder.path, 'renderer'),
    preloadFile: '',
    iconFile: ''
  }
  return startConsole({
    host,
    install,
    display: { platform: 'linux', isRoot: false, environment: {}, ...display },
    say: (line) => said.push(line),
    signal: stopping.signal
  })
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

describe('startConsole', () => {
  test('serves a browser without a display, says why in one line, and ends with 0', async () => {
    const running = start({})
    const response = await fetch(await servedUrl(), { redirect: 'manual' })
    expect(response.status).toBe(303)
    expect(said[0]).toBe(
      'No desktop window: this machine has no display (DISPLAY is not set). ' +
        'The console is served to a browser instead.'
    )
    stopping.abort()
    await expect(running).resolves.toBe(0)
  })

  test('opens a window where it can, and serves nothing then', async () => {
    await expect(start({ environment: electron('exit 0') })).resolves.toBe(0)
    expect(said).toEqual([])
  })

  test('falls back to a browser when the window dies at once', async () => {
    const environment = { ...electron('exit 5'), BROWSER: 'none' }
    const running = start({ environment })
    await servedUrl()
    expect(said[0]).toContain('Electron ended at once (code 5)')
    stopping.abort()
    await running
  })

  test('never looks for a window when it is asked for the web host', async () => {
    const running = start({ environment: { ...electron('exit 0'), BROWSER: 'none' } }, 'web')
    await servedUrl()
    expect(said[0]).toContain('Switchyard console:')
    stopping.abort()
    await running
  })

  test('shows an operator on SSH how to reach the page', async () => {
    const running = start({ environment: { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' } })
    const port = new URL(await servedUrl()).port
    expect(await eventually('the tunnel is said', () => said[3])).toContain(
      `ssh -L ${port}:127.0.0.1:${port}`
    )
    stopping.abort()
    await running
  })
})
