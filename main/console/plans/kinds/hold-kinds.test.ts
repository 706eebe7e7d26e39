/**
 * Contract: a plan to hold or release the requests of a pool says for how long, for whom there is
 * no place, and what would take it back, and does exactly that when it is applied.
 */
import { beforeEach, expect, test } from 'vitest'
import type { FleetHold } from '../../../../proxy-core/model/engine-telemetry.ts'
import { down, HOLDING, row } from '../../live/testing/fleet-double.ts'
import { busyLab, FLEET } from '../testing/busy-lab.ts'
import { CONFIRMED, type PlanLab } from '../testing/plan-lab.ts'

const hold = { kind: 'hold_pool', pool: 'api', forMs: 30_000 } as const
const release = { kind: 'release_pool', pool: 'api' } as const

let lab: PlanLab

beforeEach(() => {
  lab = busyLab()
  withHold()
})

function withHold(given: Partial<FleetHold> = {}, backends = FLEET.pools[0]!.backends): void {
  const [api, web] = FLEET.pools
  lab.show({ ...FLEET, pools: [{ ...api!, backends, hold: { ...HOLDING, ...given } }, web!] })
}

function heldFor(leftMs: number): void {
  withHold({ operator: { untilMs: lab.clock.wallNow() + leftMs, reason: 'ana: kernel' } })
}

function withTraffic(rps: number, held: number): void {
  const numbers = { held, bytes: 0, oldestMs: null, entered: 0, released: 0, lostTotal: 0 }
  const waiting = { ...numbers, outlook: { kind: 'steady' as const }, waitedAtMs: null }
  const [api, web] = lab.numbers!.pools
  const busy = { ...api!, row: row({ rps, inFlight: 12 }), hold: waiting }
  lab.numbers = { ...lab.numbers!, pools: [busy, web!] }
}

test('a hold says who waits, when it ends, and the same call', async () => {
  withTraffic(20, 0)
  expect(await lab.make(hold)).toMatchObject({
    level: 2,
    title: 'Hold requests to api for 30s',
    verb: 'Hold requests to api',
    steps: [
      'New requests to api wait, at most 1000 requests at one time; 12 running requests may finish.',
      'It ends by itself in 30s, or with a release; then they go on in their order.',
      'The same call: POST /api/v1/buffer/hold?pool=api&for=30s'
    ],
    warnings: [],
    undo: release
  })
})

test('applied it is held with its author and reason, and Undo releases it', async () => {
  const outcome = await lab.apply(await lab.make(hold), { ...CONFIRMED, reason: 'kernel' })
  expect(JSON.parse(lab.done[0]!)).toEqual({
    ...{ name: 'hold_pool', pool: 'api', durationMs: 30_000, reason: 'operator (test): kernel' }
  })
  expect(outcome).toMatchObject({ sentence: 'Requests to api wait for 30s.', undo: release })
})

test('in production it is asked like a change that passes, and a harmful one by name', async () => {
  lab.workspace = { ...lab.workspace, environment: 'prod' }
  expect((await lab.make(hold)).level).toBe(2)
  expect((await lab.make({ ...hold, forMs: 60_000 })).level).toBe(3)
  expect((await lab.make(release)).level).toBe(2)
})

test('who does not wait, or not so long, and for whom there is no place, is a warning', async () => {
  const routes = [...HOLDING.routes, { name: 'old', timeoutMs: null }]
  withHold({ routes })
  withTraffic(120, 400)
  expect((await lab.make({ ...hold, forMs: 60_000 })).warnings).toEqual([
    'Requests of old do not wait: no buffer holds them.',
    'Requests of all wait at most 30s (`buffer.timeout`) and get 503 then.',
    'At 120 req/s the 600 free places will be taken in 5s; whoever comes later gets 503.'
  ])
})

test('a second hold sets the time anew, and Undo sets the first', async () => {
  heldFor(20_000)
  const plan = await lab.make({ ...hold, forMs: 60_000 })
  expect(plan.undo).toEqual({ ...hold, forMs: 20_000 })
  lab.followsCommands = false
  const applied = lab.apply(plan)
  let isDone = false
  void applied.then(() => (isDone = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect([lab.done.length, isDone]).toEqual([1, false])
  heldFor(60_000)
  expect((await applied).sentence).toBe('Requests to api wait for 1m.')
})

test('what is over in a moment is not brought back', async () => {
  heldFor(900)
  expect((await lab.make(hold)).undo).toEqual(release)
  expect((await lab.make(release)).undo).toBeNull()
})

test('a release says who goes on, and Undo holds them for the rest of the time', async () => {
  heldFor(20_000)
  withTraffic(20, 7)
  const plan = await lab.make(release)
  expect(plan).toMatchObject({
    level: 1,
    title: 'Release requests to api',
    steps: [
      '7 requests that wait now go on in their order, at a pace that the backends set.',
      'The same call: POST /api/v1/buffer/release?pool=api'
    ],
    warnings: [],
    undo: { ...hold, forMs: 20_000 }
  })
  expect((await lab.apply(plan)).sentence).toBe('Released the requests to api.')
  expect(JSON.parse(lab.done[0]!)).toMatchObject({ name: 'release_pool', pool: 'api' })
})

test('a release while nobody serves, or of what nobody holds, says that it changes little', async () => {
  withHold({ operator: { untilMs: 1, reason: 'ana' } }, [down('a')])
  expect((await lab.make(release)).warnings).toEqual([
    'Nobody can serve api now: its requests go on waiting for a backend.'
  ])
  withHold()
  expect(await lab.make(release)).toMatchObject({
    steps: ['No operator holds them: nothing changes.', expect.anything()],
    undo: null
  })
})

test('a pool without a line is refused before anything is shown', async () => {
  await expect(lab.make({ ...hold, pool: 'web' })).rejects.toMatchObject({
    code: 'HOLD_NOT_CONFIGURED'
  })
  await expect(lab.make({ ...release, pool: 'none' })).rejects.toMatchObject({
    code: 'POOL_UNKNOWN'
  })
})

test('what another operator said since the plan was made outdates it', async () => {
  const plan = await lab.make(hold)
  heldFor(5_000)
  await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
})
