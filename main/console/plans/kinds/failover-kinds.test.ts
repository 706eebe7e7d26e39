/**
 * Contract: a plan to activate or release a failover says from where to where, what stands
 * against it and what would take it back, and does exactly that when it is applied.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { row, TWO_LEVELS } from '../../live/testing/fleet-double.ts'
import { CONFIRMED, type PlanLab } from '../testing/plan-lab.ts'
import { busyLab, FLEET } from '../testing/busy-lab.ts'

let lab: PlanLab

beforeEach(() => {
  lab = busyLab()
})

describe('the failover', () => {
  const { levels: LEVELS } = TWO_LEVELS
  const activate = { kind: 'activate_failover', pool: 'api', level: null, isForced: false } as const
  const deactivate = { kind: 'deactivate_failover', pool: 'api' } as const

  function withFailover(given: object = {}): void {
    const [api, web] = FLEET.pools
    lab.show({ ...FLEET, pools: [{ ...api!, failover: { ...TWO_LEVELS, ...given } }, web!] })
  }

  test('an activation says from where to where, what would happen, and the same call', async () => {
    withFailover()
    expect(await lab.make(activate)).toMatchObject({
      level: 2,
      title: 'Activate failover for api: the primaries to backup level 1',
      verb: 'Activate failover for api',
      steps: [
        'New requests go to level 1.',
        'The same call: POST /api/v1/failover/activate?pool=api'
      ],
      undo: deactivate
    })
  })

  test('applied it is held with its author and reason, and Undo releases it', async () => {
    withFailover()
    const outcome = await lab.apply(await lab.make(activate), { ...CONFIRMED, reason: 'disks' })
    expect(lab.done).toEqual(['activate api next false operator (test): disks'])
    expect(outcome).toMatchObject({
      sentence: 'Activated the failover of api: it is held on backup level 1.',
      undo: deactivate
    })
  })

  test('the receipt names the level that is held now, not the one from before', async () => {
    withFailover({ phase: 'latched', latchedLevel: 1 })
    lab.preview = { ...lab.preview, toLevel: 2 }
    lab.showsActivation = false
    const applied = lab.apply(await lab.make({ ...activate, level: 2 }))
    let isDone = false
    void applied.then(() => (isDone = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isDone).toBe(false)
    withFailover({ phase: 'latched', latchedLevel: 2 })
    expect((await applied).sentence).toMatch(/it is held on backup level 2\.$/)
  })

  test.each([
    ['was forced', { isLatchForced: true }],
    ['was lost', { levels: [LEVELS[0]!, { ...LEVELS[1]!, eligible: 0, isLost: true }] }]
  ])('a latch that %s comes back by force', async (_, given) => {
    withFailover({ phase: 'latched', latchedLevel: 1, ...given })
    const again = { ...activate, level: 1, isForced: true }
    expect((await lab.make(deactivate)).undo).toEqual(again)
    lab.preview = { ...lab.preview, toLevel: 0 }
    expect((await lab.make({ ...activate, level: 0 })).undo).toEqual(again)
  })

  test('a standby without room for what runs is a warning', async () => {
    const [api, web] = FLEET.pools
    const backends = api!.backends.map((one) => ({ ...one, slotLimit: 10 }))
    lab.show({ ...FLEET, pools: [{ ...api!, backends, failover: TWO_LEVELS }, web!] })
    lab.numbers = {
      ...lab.numbers!,
      pools: [{ ...lab.numbers!.pools[0]!, row: row({ inFlight: 14 }) }, lab.numbers!.pools[1]!]
    }
    expect((await lab.make(activate)).warnings).toEqual([
      'The standby would run at 140 % of its slots (14 of 10); the rest queues.'
    ])
  })

  test('nobody to take over is refused before anything is shown', async () => {
    withFailover()
    lab.preview = { ...lab.preview, toLevel: null }
    await expect(lab.make(activate)).rejects.toMatchObject({ code: 'NO_STANDBY' })
    await expect(lab.make({ ...activate, pool: 'web' })).rejects.toMatchObject({
      code: 'FAILOVER_NOT_CONFIGURED'
    })
  })

  test('a release says when traffic returns, or why it cannot yet', async () => {
    withFailover({ phase: 'latched', latchedLevel: 1 })
    const plan = await lab.make(deactivate)
    expect(plan.steps[0]).toBe('api is no longer held on backup level 1.')
    expect(plan.undo).toEqual({ ...activate, level: 1 })
    withFailover({
      latchedLevel: 1,
      levels: [{ ...LEVELS[0]!, eligible: 0, isLost: true }, LEVELS[1]!]
    })
    expect((await lab.make(deactivate)).warnings[0]).toMatch(
      /^Only 0 of 2 backends of the primaries/
    )
  })

  test('a level that was lost since the plan was made outdates it', async () => {
    withFailover()
    const plan = await lab.make(activate)
    withFailover({ levels: [LEVELS[0]!, { ...LEVELS[1]!, eligible: 0, isLost: true }] })
    await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
  })
})
