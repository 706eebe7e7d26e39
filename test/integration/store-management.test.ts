/**
 * Contract: what an operator does to stored requests acts on their delivery: a replayed one is
 * brought to the backend, a deleted one never, and its key goes on.
 */
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { runCli } from '../../main/cli/run-cli.ts'
import { CapturedTerminal } from '../../main/cli/testing/captured-terminal.ts'
import { ADMIN_TOKEN, startBackend, type EngineFixture } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'
import { startOnDisk, statusOf, stored } from '../servers/storing-engine.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

const KEY = { key: 'header:x-case' }

let backend: RecordingBackend
let fixture: EngineFixture
let refused: Set<string>

beforeEach(async () => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  refused = new Set()
  backend = await startBackend('orders', {
    script: async (exchange) => {
      const { target } = await exchange.request
      exchange.respond({ status: refused.has(target) ? 422 : 200 })
    }
  })
  fixture = await startOnDisk(`${folder.path}/buffer`, { backends: [backend], store: KEY })
})

async function buffer(...words: readonly string[]): Promise<string> {
  const terminal = new CapturedTerminal({ SWITCHYARD_ADMIN_TOKEN: ADMIN_TOKEN })
  const admin = ['--admin', `http://127.0.0.1:${fixture.engine.adminAddress!.port}`]
  const code = await runCli(['buffer', ...words, ...admin], terminal)
  expect([code, terminal.stderr]).toEqual([0, ''])
  return terminal.stdout
}

const idOf = (location: string): string => location.slice(location.lastIndexOf('/') + 1)

async function becomes(location: string, state: string): Promise<void> {
  await eventually(`${location} ${state}`, async () => {
    const status = (await statusOf(fixture, location)) as { readonly state: string }
    return status.state === state
  })
}

test('a dead one is replayed at the end of its key, and delivered', async () => {
  refused.add('/1')
  const first = await stored(fixture, '/1', 'one', 'X-Case: 7')
  await becomes(first, 'dead')
  const second = await stored(fixture, '/2', 'two', 'X-Case: 7')
  await becomes(second, 'delivered')
  expect(await buffer('list', '--state', 'dead')).toContain('the backend answered 422')
  refused.clear()
  await buffer('replay', idOf(first))
  await eventually('the replay', () => backend.targets.length === 3)
  expect(backend.targets).toEqual(['/1', '/2', '/1'])
  expect(backend.requests[2]!.body.toString()).toBe('one')
  expect(await buffer('status')).toContain('2 delivered')
})

test('a deleted one is never delivered, and its key goes on without it', async () => {
  fixture.engine.setAdminState('main', backend.address, 'maint', 'test')
  const locations = [
    await stored(fixture, '/1', '', 'X-Case: 7'),
    await stored(fixture, '/2', '', 'X-Case: 7')
  ]
  await buffer('delete', idOf(locations[0]!), '--yes')
  fixture.engine.setAdminState('main', backend.address, 'ready', 'test')
  await becomes(locations[1]!, 'delivered')
  expect(backend.targets).toEqual(['/2'])
  await becomes(locations[0]!, 'deleted')
})

test('all that wait can be purged', async () => {
  fixture.engine.setAdminState('main', backend.address, 'maint', 'test')
  for (const number of [1, 2, 3]) await stored(fixture, `/${number}`, '', `X-Case: ${number}`)
  expect(await buffer('purge', '--state', 'pending', '--yes')).toBe(
    'Done: 3 requests are deleted.\n'
  )
  fixture.engine.setAdminState('main', backend.address, 'ready', 'test')
  const last = await stored(fixture, '/4')
  await becomes(last, 'delivered')
  expect(backend.targets).toEqual(['/4'])
})
