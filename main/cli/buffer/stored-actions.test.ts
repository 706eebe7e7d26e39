/**
 * Contract: `switchyard buffer` lists, shows, replays and deletes what is stored; it asks before it
 * takes anything away, and never prints a credential.
 */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { TOKEN, useAdmin } from '../../../proxy-core/admin/testing/admin-under-test.ts'
import { nodeDisk } from '../../../proxy-core/store/node-disk.ts'
import type { RequestLog } from '../../../proxy-core/store/request-log.ts'
import { openStore, sampleEntry } from '../../../proxy-core/store/testing/store-stage.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { runCli } from '../run-cli.ts'
import { ScriptedTerminal } from '../testing/scripted-terminal.ts'

const admin = useAdmin()
let store: RequestLog
let ids: string[]

beforeEach(async () => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const directory = `${folder.path}/buffer`
  store = (await openStore(nodeDisk, { directory, clock: systemClock })).store
  onTestFinished(() => store.close())
  admin().engine.store = store
  await admin().start()
  ids = []
  for (const number of [1, 2, 3]) {
    const head = 'Host: a.test\r\nAuthorization: Bearer abc\r\n'
    const body = Buffer.from(`body ${number}`)
    const { id } = await store.append(sampleEntry(number, { head, body, key: 'k', route: 'cases' }))
    ids.push(id)
  }
  store.attempted(1, { attempts: 2, status: 400, reason: '' })
  store.settle(1, { kind: 'dead', status: 400, reason: 'it answered 400' })
  await store.settled()
})

interface Outcome {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
}

async function buffer(words: string, ...answers: readonly string[]): Promise<Outcome> {
  const terminal = new ScriptedTerminal(answers, { SWITCHYARD_ADMIN_TOKEN: TOKEN })
  const address = ['--admin', `http://127.0.0.1:${admin().port}`]
  const code = await runCli(['buffer', ...words.split(' '), ...address], terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

const states = async (): Promise<readonly string[]> =>
  (await store.list({ limit: 100 })).map(({ seq, state }) => `${seq} ${state}`)

test('status tells of the store beside the pools', async () => {
  admin().engine.buffer = {
    ...{ stats: store.stats(), maxBytes: 1_000_000, refused: 4, blocked: 0, intakeBytes: 0 },
    ...{ oldestMs: 5000, drainMs: 60_000, routes: [] }
  }
  const { code, out } = await buffer('status')
  expect([code, out]).toEqual([
    EXIT.done,
    expect.stringMatching(
      /^Store: 2 requests wait for delivery \(.*\), the first for 5 s; all are delivered in 1 min at the pace .*1 dead\.\n {2}Since the start: 3 taken.* 4 refused/s
    )
  ])
})

test('list shows who waits and who is dead, and why', async () => {
  const { out } = await buffer('list')
  const lines = out.trimEnd().split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(
    new RegExp(`^${ids[0]} {2}dead {6} POST .*key k, 2 attempts, the last: it answered 400\\)$`)
  )
  expect(lines[1]).toMatch(new RegExp(`^${ids[1]} {2}pending {3} POST `))
  expect((await buffer('list --state dead')).out.trimEnd().split('\n')).toHaveLength(1)
  expect((await buffer('list --limit 1')).out).toContain('There are more')
  expect((await buffer('list --route none')).out).toBe('There is no such request.\n')
})

test('show prints the request without its credentials', async () => {
  const { out } = await buffer(`show ${ids[1]}`)
  expect(out).toContain('\nAuthorization: ••••\n')
  expect(out).toContain('\n\nbody 2\n')
  expect(out).not.toContain('abc')
})

describe('replay', () => {
  test('of one gives it a new place', async () => {
    expect((await buffer(`replay ${ids[0]}`)).out).toMatch(
      /^Done: it is delivered as\n[0-9a-f]{32} {2}pending/
    )
    expect(await states()).toContain('4 pending')
  })

  test('of all asks first', async () => {
    expect((await buffer('replay', 'n')).code).toBe(EXIT.refused)
    expect(await states()).toContain('1 dead')
    expect((await buffer('replay', 'y')).out).toContain('Done: 1 request is delivered once more.\n')
  })
})

describe('delete and purge', () => {
  test('ask first, with what is at stake in sight', async () => {
    const { code, err } = await buffer(`delete ${ids[1]}`, 'n')
    expect([code, err]).toEqual([EXIT.refused, expect.stringContaining('body 2')])
    expect((await buffer(`delete ${ids[1]}`, 'y')).code).toBe(EXIT.done)
    expect(await states()).toContain('2 deleted')
  })

  test('purge takes what it was told', async () => {
    expect((await buffer('purge --state dead --yes')).out).toBe('Done: 1 request is deleted.\n')
    expect((await store.list({ states: ['pending'], limit: 10 })).length).toBe(2)
  })
})

test.each([
  ['purge', EXIT.usage, /--state dead/],
  ['show', EXIT.usage, /by its id/],
  ['show 7', EXIT.usage, /32 digits/],
  [`show ${'0'.repeat(32)}`, EXIT.refused, /knows no request/]
])('%s ends with %i and a sentence', async (words, code, sentence) => {
  const outcome = await buffer(words)
  expect([outcome.code, outcome.err]).toEqual([code, expect.stringMatching(sentence)])
})
