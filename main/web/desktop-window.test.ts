/** The window's process: an early death is a failure to fall back from, a later one is an end. */
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { runDesktopWindow, type WindowEnd } from './desktop-window.ts'

let folder: TemporaryFolder
let clock: ManualClock
let stopping: AbortController
let cutting: AbortController
let said: string[]

beforeEach(() => {
  folder = temporaryFolder()
  clock = new ManualClock()
  stopping = new AbortController()
  cutting = new AbortController()
  said = []
})
afterEach(() => folder.remove())

/** A program in the place of Electron's binary. */
function binary(script: string): string {
  const path = folder.write('electron', `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

function run(script: string, path = binary(script)): Promise<WindowEnd> {
  return runDesktopWindow({
    binary: path,
    root: '/application',
    signal: stopping.signal,
    impatience: cutting.signal,
    say: (line) => said.push(line),
    clock
  })
}

/** The script has written this file. */
function written(name: string): Promise<unknown> {
  return eventually(name, () => existsSync(join(folder.path, name)))
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
    await expect(run('', '/absent/electron')).resolves.toMatchObject({ outcome: 'failed' })
  })

  test('passes on the exit code of a window that lived for a while', async () => {
    const ending = run('exit 7')
    clock.advance(10_000)
    await expect(ending).resolves.toEqual({ outcome: 'ended', exitCode: 7 })
    expect(said).toEqual([])
  })

  test('is no success when the window was killed, and says by what', async () => {
    const ending = run('kill -KILL $$')
    clock.advance(10_000)
    await expect(ending).resolves.toEqual({ outcome: 'ended', exitCode: 1 })
    expect(said).toEqual([
      'The desktop window was ended by SIGKILL, and its engine with it: requests that ran were cut.'
    ])
  })

  test('is ended by the signal, which is no failure', async () => {
    const ending = run('exec sleep 60')
    stopping.abort()
    await expect(ending).resolves.toEqual({ outcome: 'ended', exitCode: 0 })
    expect(said).toEqual([])
  })

  test('is asked once more by the second signal', async () => {
    const ask = `trap 'touch ${folder.path}/first; trap "exit 4" TERM' TERM`
    // Bounded, so that a signal which never comes leaves no process behind.
    const waits = 'for turn in $(seq 500); do sleep 0.01; done'
    const ending = run(`${ask}; touch ${folder.path}/ready; ${waits}`)
    await written('ready')
    stopping.abort()
    await written('first')
    cutting.abort()
    await expect(ending).resolves.toEqual({ outcome: 'ended', exitCode: 4 })
  })

  test('is not started where it shall end already', async () => {
    stopping.abort()
    await expect(run(`touch ${folder.path}/started`)).resolves.toEqual({
      outcome: 'ended',
      exitCode: 0
    })
    expect(existsSync(join(folder.path, 'started'))).toBe(false)
  })
})
