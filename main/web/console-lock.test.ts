/** One console for each user; what a dead one left behind stops nobody. */
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { identityOf } from '../../proxy-core/process/process-identity.ts'
import { lockConsole } from './console-lock.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** As another console of this process id would have written it. */
function leaveLock(owner: object): void {
  const record = { owner, engine: null, config: 'the console' }
  writeFileSync(join(folder.path, 'lock'), JSON.stringify(record))
}

describe('lockConsole', () => {
  test('makes the folder for its user only, and gives the lock back', async () => {
    const state = join(folder.path, 'a/b')
    const lock = await lockConsole(state)
    expect(statSync(state).mode & 0o777).toBe(0o700)
    await lock.release()
    await (await lockConsole(state)).release()
  })

  test('says which process runs the console already', async () => {
    leaveLock(identityOf(process.ppid))
    await expect(lockConsole(folder.path)).rejects.toMatchObject({
      code: 'CONSOLE_RUNNING',
      message: `The console already runs in process ${process.ppid}.`,
      remedy: expect.stringContaining('switchyard console --url') as string
    })
  })

  test('takes over from a console that was killed', async () => {
    leaveLock({ ...identityOf(process.ppid), startTicks: 1 })
    await (await lockConsole(folder.path)).release()
  })

  test('says what is wrong with a folder that cannot be used', async () => {
    const file = folder.write('file', '')
    await expect(lockConsole(file)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' })
  })
})
