/** The console as an operator runs it: one process for each user, links, signals, exit codes. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ChildServer } from '../../../test/servers/child-server.ts'
import { temporaryFolder, type TemporaryFolder } from '../../../test/servers/temporary-folder.ts'

const START = join(import.meta.dirname, '../../../scripts/start.ts')
const WEB = ['--host', 'web', '--no-open']

let folder: TemporaryFolder
let children: ChildServer[]

beforeEach(() => {
  folder = temporaryFolder()
  children = []
})
afterEach(async () => {
  for (const child of children) await child.stop('SIGKILL')
  folder.remove()
})

async function run(words: readonly string[], readyWhen?: RegExp): Promise<ChildServer> {
  const child = await ChildServer.start(process.execPath, [START, ...words], {
    env: {
      HOME: folder.path,
      XDG_STATE_HOME: join(folder.path, 'state'),
      XDG_CONFIG_HOME: join(folder.path, 'config')
    },
    ...(readyWhen === undefined ? {} : { readyWhen })
  })
  children.push(child)
  return child
}

async function ended(words: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = await run(words)
  const { code } = await child.exited
  return { code, output: child.output }
}

function running(): Promise<ChildServer> {
  return run(WEB, /Stop with Ctrl\+C/)
}

function linkIn(output: string): string {
  return /http:\S+/.exec(output)?.[0] ?? ''
}

describe('switchyard console', () => {
  test('runs once for each user, and gives every terminal of the user a link', async () => {
    const console = await running()
    const second = await ended(WEB)
    expect(second.code).toBe(3)
    expect(second.output).toContain(`already runs in process ${console.pid}`)
    const { code, output } = await ended(['--url'])
    expect(code).toBe(0)
    expect(linkIn(output)).not.toBe(linkIn(console.output))
    for (const link of [linkIn(console.output), linkIn(output)]) {
      expect((await fetch(link, { redirect: 'manual' })).status).toBe(303)
      expect((await fetch(link, { redirect: 'manual' })).status).toBe(403)
    }
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'stops on %s, says what it stopped and leaves no lock behind',
    async (signal) => {
      const console = await running()
      expect(await console.stop(signal)).toEqual({ code: 0, signal: null })
      expect(console.output.trimEnd().split('\n').at(-1)).toMatch(/stopped/)
      expect(existsSync(join(folder.path, 'state/switchyard/console/lock'))).toBe(false)
    }
  )

  test('starts after one that was killed', async () => {
    await (await running()).stop('SIGKILL')
    await running()
  })
})
