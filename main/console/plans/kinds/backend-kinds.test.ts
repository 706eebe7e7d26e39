/**
 * Contract: a plan about one backend, its state or its weight, says what will happen, what could go
 * wrong, how dangerous it is and what would take it back, and does exactly that when it is applied.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { PlanRequest } from '../../../../preload/contract/plan.ts'
import { backend, down, fleetOf, pool } from '../../live/testing/fleet-double.ts'
import { type PlanLab } from '../testing/plan-lab.ts'
import { busyLab } from '../testing/busy-lab.ts'

type AdminRequest = Extract<PlanRequest, { kind: 'set_admin_state' }>

function admin(parts: Partial<AdminRequest> = {}): AdminRequest {
  return {
    kind: 'set_admin_state',
    pool: 'api',
    backend: 'a',
    state: 'drain',
    forMs: 3_600_000,
    ...parts
  }
}

let lab: PlanLab

beforeEach(() => {
  lab = busyLab()
})

describe('set_admin_state', () => {
  test('a drain says who takes over and when it ends', async () => {
    expect(await lab.make(admin())).toMatchObject({
      level: 2,
      title: 'Drain a in api',
      verb: 'Drain a',
      steps: [
        'a gets no new requests; 12 running requests may finish.',
        'b will take its requests (now 120 req/s).',
        'It ends by itself at 01:00.'
      ],
      warnings: [],
      undo: admin({ state: 'ready', forMs: null })
    })
  })

  test('maintenance without an end warns of being forgotten', async () => {
    const plan = await lab.make(admin({ state: 'maint', forMs: null }))
    expect(plan.title).toBe('Take a of api into maintenance')
    expect(plan.steps[0]).toMatch(/Its health probes rest\.$/)
    expect(plan.warnings).toEqual(['It has no end: somebody has to bring the backend back.'])
  })

  test('the last primary warns that only backups are left', async () => {
    const plan = await lab.make(admin({ pool: 'web', backend: 'w' }))
    expect(plan).toMatchObject({ level: 2, warnings: ['Only backups are left: v will serve.'] })
    expect(plan.steps).toContain('v will take its requests.')
  })

  test('the last that serves is level 3', async () => {
    lab.show(fleetOf([pool('api', [backend('a'), down('b')])]))
    expect(await lab.make(admin())).toMatchObject({
      level: 3,
      typedName: 'api',
      warnings: ['Nobody else in api can serve: every request will get a 503.']
    })
  })

  test('one that serves nobody anyway takes nothing away', async () => {
    lab.show(fleetOf([pool('api', [down('a')])]))
    expect(await lab.make(admin())).toMatchObject({ level: 2, warnings: [] })
  })

  test.each([
    [{ adminState: 'drain' }, 'a gets requests again at once.'],
    [{ adminState: 'maint' }, 'a is probed again, and gets requests after one passed probe.'],
    [{ adminState: 'drain', health: 'down' }, 'a gets requests again as soon as its probes pass.']
  ] as const)('the way back from %j is told', async (parts, step) => {
    lab.show(fleetOf([pool('api', [backend('a', parts), backend('b')])]))
    const plan = await lab.make(admin({ state: 'ready', forMs: null }))
    expect(plan).toMatchObject({ level: 1, steps: [step], warnings: [] })
  })

  test('it is done, its end is kept, and what is left is told', async () => {
    const outcome = await lab.apply(await lab.make(admin()))
    expect(outcome.sentence).toBe('Drained a in api; no request is left.')
    expect(JSON.parse(lab.done[0]!)).toMatchObject({ name: 'set_admin_state', state: 'drain' })
    expect(lab.done[1]).toBe(`ends api a drain ${lab.clock.wallNow() + 3_600_000}`)
  })

  test('it is not told as done before the fleet shows it', async () => {
    lab.followsCommands = false
    let isDone = false
    const plan = await lab.make(admin())
    const applied = lab.apply(plan).then(() => (isDone = true))
    await lab.clock.advanceAsync(900)
    expect([lab.done.length, isDone]).toEqual([1, false])
    const shown = backend('a', { adminState: 'drain' })
    lab.show(fleetOf([pool('api', [shown, backend('b')])]))
    await applied
    expect(lab.clock.pendingCount).toBe(0)
  })

  test('an engine that reports late is waited for a second, not for ever', async () => {
    lab.followsCommands = false
    const applied = lab.apply(await lab.make(admin({ state: 'maint' })))
    await lab.clock.advanceAsync(1_000)
    expect((await applied).sentence).toBe('Took a in api into maintenance; 12 requests left.')
    expect(lab.clock.pendingCount).toBe(0)
  })

  test.each([
    [admin({ pool: 'nope' }), 'POOL_UNKNOWN'],
    [admin({ backend: 'nope' }), 'BACKEND_UNKNOWN']
  ])('an unknown place is refused', async (request, code) => {
    await expect(lab.make(request)).rejects.toMatchObject({ code })
  })
})

describe('set_weight', () => {
  const weigh = (weight: number | null, name = 'a'): PlanRequest => {
    return { kind: 'set_weight', pool: 'api', backend: name, weight }
  }

  test('a weight says the share that it leads to', async () => {
    expect(await lab.make(weigh(50))).toMatchObject({
      level: 2,
      title: 'Set the weight of a to 50 in api',
      steps: [
        'The weight of a goes from 100 to 50.',
        "Where weights count, it then gets about 33 % of its level's requests."
      ],
      undo: weigh(null)
    })
  })

  test('an overridden weight is what the undo brings back', async () => {
    const heavy = backend('a', { weight: 200, isWeightOverridden: true })
    lab.show(fleetOf([pool('api', [heavy, backend('b')])]))
    const plan = await lab.make(weigh(null))
    expect(plan.undo).toEqual(weigh(200))
    expect((await lab.apply(plan)).sentence).toBe('a in api now has weight 100.')
  })

  test('weight 0 of the last that serves is level 3', async () => {
    lab.show(fleetOf([pool('api', [backend('a'), down('b')])]))
    const plan = await lab.make(weigh(0))
    expect(plan.level).toBe(3)
    expect(plan.warnings[0]).toMatch(/every request will get a 503/)
  })
})
