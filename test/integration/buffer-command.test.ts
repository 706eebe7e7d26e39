/**
 * Contract: an operator lets the requests of a pool wait for a planned restart, sees who waits, and
 * lets them go, by the command line and by the admin API.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { runCli } from '../../main/cli/run-cli.ts'
import { CapturedTerminal } from '../../main/cli/testing/captured-terminal.ts'
import { configuration } from '../servers/configuration.ts'
import { ADMIN_TOKEN, EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

let clock: ManualClock
let fixture: EngineFixture
let backend: RecordingBackend

beforeEach(async () => {
  clock = new ManualClock()
  backend = await startBackend()
  const pool = { buffer: { mode: 'hold', timeout: '20s' } }
  const pools = [{ name: 'plain', backends: [] }]
  fixture = await EngineFixture.start(configuration({ backends: [backend], pool, pools }), {
    clock
  })
})

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function buffer(...words: readonly string[]): Promise<Outcome> {
  const terminal = new CapturedTerminal({ SWITCHYARD_ADMIN_TOKEN: ADMIN_TOKEN })
  const { port } = fixture.engine.adminAddress!
  const admin = ['--admin', `http://127.0.0.1:${port}`]
  const code = await runCli(['buffer', ...words, ...admin], terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

const held = (): number => fixture.pool().holdStatus()!.held

describe('hold', () => {
  test('lets requests wait until it is over, and says so', async () => {
    const { code, out } = await buffer('hold', '--for', '30s', '--reason', 'new kernel')
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(
        /^Done\.\nNote: Requests of routes\[0\] wait at most 20s \(`buffer\.timeout`\) and get 503 then\.\n\nPool main: nobody waits\.\n {2}Held by an operator until .* new kernel\n/
      )
    ])
    const client = await fixture.connect()
    client.send(getRequest('/x'))
    await eventually('held', () => held() === 1)
    expect(fixture.eventsOf('pool_hold')).toMatchObject([
      { pool: 'main', isHeld: true, reason: 'new kernel' }
    ])
    clock.advance(15_000)
    const status = await buffer('status')
    expect(status.out).toMatch(
      /Pool main: 1 request waits \(1 of 1000 places\), the first for 15 s\.\n/
    )
    expect(status.out).toMatch(/\n {2}1\. GET \/x from 127\.0\.0\.1: 15 s, 5 s left\n/)
    expect((await buffer('release')).code).toBe(0)
    expect((await client.readResponse()).status).toBe(200)
    expect(fixture.eventsOf('pool_hold')).toHaveLength(2)
  })

  test('ends by itself', async () => {
    await buffer('hold', '--for', '10s')
    const client = await fixture.connect()
    client.send(getRequest('/'))
    await eventually('held', () => held() === 1)
    clock.advance(10_000)
    expect((await client.readResponse()).status).toBe(200)
    expect(fixture.eventsOf('pool_hold').at(-1)).toMatchObject({
      ...{ isHeld: false, reason: 'its time is over' }
    })
  })

  test('leaves alone what runs', async () => {
    let answer: (() => void) | undefined
    backend.script = (exchange) => void (answer = () => exchange.respond({ body: 'late' }))
    const client = await fixture.connect()
    client.send(getRequest('/'))
    await eventually('the request', () => answer !== undefined)
    await buffer('hold')
    answer!()
    expect((await client.readResponse()).body.toString()).toBe('late')
  })
})

test.each([
  [['hold', '--pool', 'plain'], 5, /Pool plain has no hold buffer\./],
  [['hold', '--pool', 'none'], 5, /none/],
  [['hold', '--for', '2h'], 5, /for: must be a duration such as 30s, at most 1h/],
  [['halt'], 64, /halt/]
])('%j ends with %i and a sentence', async (words, code, sentence) => {
  const outcome = await buffer(...words)
  expect([outcome.code, outcome.err]).toEqual([code, expect.stringMatching(sentence)])
})

test('the admin API tells who waits as JSON', async () => {
  await buffer('hold')
  const client = await fixture.connect()
  client.send(getRequest('/x'))
  await eventually('held', () => held() === 1)
  const { out } = await buffer('status', '--pool', 'main', '--json')
  expect(JSON.parse(out)).toMatchObject({
    pools: [{ pool: 'main', held: 1, requests: [{ position: 1, method: 'GET', target: '/x' }] }]
  })
})
