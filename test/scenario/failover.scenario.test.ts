/**
 * Under 64 connections of load primaries are killed and come back: traffic moves and returns in the
 * times that `check` computes, by every strategy, and no request fails, because all are idempotent
 * and retried. A backend that goes up and down every 2 s costs one switch.
 */
import { expect, test } from 'vitest'
import { failoverTimes, type PoolFailoverTimes } from '../../proxy-core/config/failover-times.ts'
import { configuration } from '../servers/configuration.ts'
import type { EchoProcess } from '../servers/echo-process.ts'
import { settingsOf } from '../servers/engine-fixture.ts'
import type { SwitchyardProcess } from '../servers/switchyard-process.ts'
import type { IdentifiedLoad } from './identified-load.ts'
import { pause, startEchoes, startLoad, startProduct } from './stage.ts'

const WARM_UP_MS = 1000
/** For scheduling of several processes on two cores. */
const SLACK_MS = 600

const CHECK = {
  path: '/health',
  interval: '600ms',
  fast_interval: '300ms',
  down_interval: '400ms',
  // A killed server refuses at once; only a machine that is short of time takes longer to answer.
  timeout: '3s',
  jitter: 0,
  unhealthy_threshold: 2,
  healthy_threshold: 2
}
const RETRY = { on: ['connect_failure', 'reset', 'timeout'], attempts: 4 }
const FAILBACK = { recovery_interval: '2s', failback_ramp: '1s' }

interface Stage {
  readonly backends: readonly EchoProcess[]
  readonly product: SwitchyardProcess
  readonly load: IdentifiedLoad
  readonly times: PoolFailoverTimes
}

/** 'p s' is a primary and a backup, 'p1 p2 s t' two primaries and two further levels. */
async function start(names: string, failover: object, regions?: readonly string[]): Promise<Stage> {
  const list = names.split(' ')
  const backends = await startEchoes(...list)
  const parts = {
    backends: backends.map(({ address }, place) => {
      const level = 'pst'.indexOf(list[place]![0]!)
      return regions === undefined
        ? { address, failover_level: level }
        : { address, region: regions[place] }
    }),
    pool: { health_check: CHECK, retry: RETRY, failover: { ...FAILBACK, ...failover } }
  }
  const [times] = failoverTimes(settingsOf(configuration(parts)))
  const product = await startProduct(parts)
  const load = startLoad(() => product.port)
  await pause(WARM_UP_MS)
  return { backends, product, load, times: times! }
}

/** Milliseconds from `sinceMs` until the failover enters the phase with this level. */
async function until(
  { product }: Stage,
  sinceMs: number,
  phase: string,
  level: number
): Promise<number> {
  const event = await product.eventOf(
    'failover',
    sinceMs - 1,
    ({ to, toLevel }) => to === phase && toLevel === level
  )
  return event.atMs - sinceMs
}

function expectWithin(tookMs: number, span: PoolFailoverTimes['switch'], what: string): void {
  expect(tookMs, `${what} after ${tookMs} ms`).toBeGreaterThan(span.bestMs - SLACK_MS)
  expect(tookMs, `${what} after ${tookMs} ms`).toBeLessThan(span.worstMs + SLACK_MS)
}

const moves = ({ product }: Stage): readonly string[] =>
  product
    .eventsOf('failover')
    .filter(({ fromLevel, toLevel }) => fromLevel !== toLevel)
    .map(({ fromLevel, toLevel }) => `${fromLevel}>${toLevel}`)

async function expectUnharmed({ load }: Stage): Promise<void> {
  await load.stop()
  expect(load.mixUps).toEqual([])
  expect(load.failures).toEqual([])
  expect(load.succeeded).toBeGreaterThan(1000)
}

test.each([
  { strategy: 'immediate' },
  { strategy: 'graceful', ramp: '2s', min_eligible: 2 },
  { strategy: 'delayed', delay: '1s' }
])(
  'a killed primary is left and returned to in time, without a failed request: $strategy',
  async (failover) => {
    const isGradual = failover.strategy === 'graceful'
    const stage = await start(isGradual ? 'p1 p2 s1 s2' : 'p s', failover)
    const [primary] = stage.backends
    const killedMs = Date.now()
    await primary!.kill()
    const leftMs = await until(stage, killedMs, isGradual ? 'switching' : 'active', 1)
    expectWithin(leftMs, stage.times.switch, 'left')
    if (isGradual) {
      const movedMs = (await until(stage, killedMs, 'active', 1)) - leftMs
      expectWithin(movedMs, { bestMs: 2000, worstMs: 2000 }, 'moved')
    }
    await pause(500)
    await primary!.restart()
    const backMs = Date.now()
    expectWithin(await until(stage, backMs, 'recovering', 0), stage.times.return, 'returned')
    await until(stage, backMs, 'normal', 0)
    await pause(500)
    await expectUnharmed(stage)
    expect(moves(stage)).toEqual(['0>1', '1>0'])
  },
  60_000
)

test('a cascade of three levels goes down and comes back without a failed request', async () => {
  const stage = await start('p s t', {})
  const [first, second] = stage.backends
  let sinceMs = Date.now()
  await first!.kill()
  await until(stage, sinceMs, 'active', 1)
  sinceMs = Date.now()
  await second!.kill()
  await until(stage, sinceMs, 'active', 2)
  sinceMs = Date.now()
  await second!.restart()
  await until(stage, sinceMs, 'active', 1)
  sinceMs = Date.now()
  await first!.restart()
  await until(stage, sinceMs, 'normal', 0)
  await expectUnharmed(stage)
  expect(moves(stage)).toEqual(['0>1', '1>2', '2>1', '1>0'])
}, 90_000)

test('the loss of a region moves everything to the next one, and back', async () => {
  const regions = ['east', 'east', 'west']
  const stage = await start('a b c', { regions: ['east', 'west'] }, regions)
  const east = stage.backends.slice(0, 2)
  const lostMs = Date.now()
  await Promise.all(east.map((backend) => backend.kill()))
  expectWithin(await until(stage, lostMs, 'active', 1), stage.times.switch, 'left')
  const backMs = Date.now()
  await Promise.all(east.map((backend) => backend.restart()))
  await until(stage, backMs, 'normal', 0)
  await expectUnharmed(stage)
}, 60_000)

test('a primary that goes up and down every 2 s costs one switch and no request', async () => {
  const stage = await start('p s', { recovery_interval: '6s' })
  const [primary] = stage.backends
  for (let round = 0; round < 4; round++) {
    await primary!.kill()
    await pause(2000)
    await primary!.restart()
    await pause(2000)
  }
  await expectUnharmed(stage)
  expect(moves(stage)).toEqual(['0>1'])
}, 60_000)
