/**
 * The guard against daemons that packages start: it stands while the work runs, and the machine
 * is as before afterwards, however the work ends.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { withoutServiceStarts } from './service-start-guard.ts'

const OWN_POLICY = '#!/bin/sh\nexit 104\n'

let folder: TemporaryFolder
let policyFile: string

beforeEach(() => {
  folder = temporaryFolder()
  policyFile = join(folder.path, 'policy-rc.d')
})
afterEach(() => folder.remove())

function guard<T>(work: () => Promise<T>): Promise<T> {
  return withoutServiceStarts(work, policyFile)
}

describe('withoutServiceStarts', () => {
  test('denies every start with 101 while the work runs, and then leaves no trace', async () => {
    const seen = await guard(() =>
      Promise.resolve({
        text: readFileSync(policyFile, 'utf8'),
        mode: statSync(policyFile).mode & 0o777
      })
    )
    expect(seen).toEqual({ text: expect.stringContaining('exit 101'), mode: 0o755 })
    expect(existsSync(policyFile)).toBe(false)
  })

  test('is gone after a failure, which it passes on', async () => {
    await expect(guard(() => Promise.reject(new Error('no mirror')))).rejects.toThrow('no mirror')
    expect(existsSync(policyFile)).toBe(false)
  })

  test("sets the machine's own policy aside and puts it back", async () => {
    folder.write('policy-rc.d', OWN_POLICY)
    await guard(() => {
      expect(readFileSync(policyFile, 'utf8')).toContain('exit 101')
      return Promise.resolve()
    })
    expect(readFileSync(policyFile, 'utf8')).toBe(OWN_POLICY)
  })

  test('puts back what an earlier run that was killed had set aside', async () => {
    folder.write('policy-rc.d', '#!/bin/sh\nexit 101\n')
    folder.write('policy-rc.d.before-switchyard-tests', OWN_POLICY)
    await guard(() => Promise.resolve())
    expect(readFileSync(policyFile, 'utf8')).toBe(OWN_POLICY)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    "puts the machine's own policy back on %s, and dies of it",
    async (signal) => {
      folder.write('policy-rc.d', OWN_POLICY)
      const child = await guardedChild(
        'await new Promise((resolve) => setTimeout(resolve, 60_000))'
      )
      expect(readFileSync(policyFile, 'utf8')).toContain('exit 101')
      child.kill(signal)
      expect(await once(child, 'exit')).toEqual([null, signal])
      expect(readFileSync(policyFile, 'utf8')).toBe(OWN_POLICY)
    }
  )

  test('is gone when the process exits in the middle of the work', async () => {
    const child = await guardedChild('process.exit(3)')
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(3)
    expect(existsSync(policyFile)).toBe(false)
  })
})

/** A process in the middle of guarded work. */
async function guardedChild(work: string): Promise<ChildProcess> {
  const module = JSON.stringify(join(import.meta.dirname, 'service-start-guard.ts'))
  const program = `
    const { withoutServiceStarts } = await import(${module})
    await withoutServiceStarts(async () => {
      console.log('guarded')
      ${work}
    }, ${JSON.stringify(policyFile)})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  await once(child.stdout, 'data')
  return child
}
