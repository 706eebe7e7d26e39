/** The window's process: an early death is a failure to fall back from, a later one is an end. */
import { chmodSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { runDesktopWindow, type WindowEnd } from './desktop-window.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** A program in the place of Electron's binary. */
function binary(script: string): string {
  const path = folder.write('electron', `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

function run(script: string, signal = new AbortController().signal): Promise<WindowEnd> {
  return runDesktopWindow({
    binary: binary(script),
    root: '/application',
    signal,
    clock: new ManualClock()
  })
}

describe('runDesktopWindow', () => {
  test('passes the application folder on and ends when the window is closed', async () => {
    await expect(run('[ "$1" = /application ]')).resolves.toEqual({
      outcome: 'ended',
      exitCode: 0
    })
  })

  test('reports a process that fails at once, by code and by signal', async () => {
    await expect(run('exit 3')).resolves.toEqual({
      outcome: 'failed',
      reason: 'Electron ended at once (code 3)'
    })
    await expect(run('kill -KILL $$')).resolves.toEqual({
      outcome: 'failed',
      reason: 'Electron ended at once (SIGKILL)'
    })
  })

  test('reports a binary that cannot be started', async () => {
    const options = { binary: '/absent/electron', root: '/', signal: new AbortController().signal }
    await expect(runDesktopWindow(options)).resolves.toMatchObject({ outcome: 'failed' })
  })

  test('passes on the exit code of a window that lived for a while', async () => {
    const clock = new ManualClock()
    const ending = runDesktopWindow({
      binary: binary('exit 7'),
      root: '/',
      signal: new AbortController().signal,
      clock
    })
    clock.advance(10_000)
    await expect(ending).resolves.toEqual({ outcome: 'ended', exitCode: 7 })
  })

  test('is ended by the signal, which is no failure', async () => {
    const stopping = new AbortController()
    const ending = run('exec sleep 60', stopping.signal)
    stopping.abort()
    await expect(ending).resolves.toEqual({ outcome: 'ended', exitCode: 0 })
  })
})
