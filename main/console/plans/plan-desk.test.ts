/**
 * Contract: a plan is confirmed as its level demands, applied once, within five minutes, while
 * nothing that it depends on has changed, and never without an entry in the audit.
 */
import { beforeEach, expect, test } from 'vitest'
import { planSchema, type PlanRequest } from '../../../preload/contract/plan.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { backend, down, fleetOf, pool } from '../live/testing/fleet-double.ts'
import { PLAN_LIFETIME_MS } from './plan-desk.ts'
import { ACTOR, CONFIRMED, PlanLab, UNCONFIRMED } from './testing/plan-lab.ts'

const DRAIN: PlanRequest = {
  kind: 'set_admin_state',
  pool: 'api',
  backend: 'a',
  state: 'drain',
  forMs: null
}
const TWO = fleetOf([pool('api', [backend('a'), backend('b')])])
const LAST = fleetOf([pool('api', [backend('a'), down('b')])])

let lab: PlanLab

beforeEach(() => {
  lab = new PlanLab(TWO)
})

test('a plan fits the contract and changes nothing', async () => {
  const plan = planSchema.parse(await lab.make(DRAIN))
  expect(plan).toMatchObject({ planId: 'plan-1', level: 2, typedName: null, request: DRAIN })
  expect(plan.expiresAtMs).toBe(lab.clock.wallNow() + PLAN_LIFETIME_MS)
  expect([lab.done, lab.audit]).toEqual([[], []])
})

test('level 2 is applied when confirmed, with the actor in the audit', async () => {
  const plan = await lab.make(DRAIN)
  const outcome = await lab.apply(plan, { ...CONFIRMED, reason: ' disk swap ' })
  expect(outcome).toMatchObject({ auditId: 1, undo: { state: 'ready' } })
  expect(JSON.parse(lab.done[0]!)).toMatchObject({ reason: `${ACTOR}: disk swap` })
  expect(lab.audit).toEqual([
    { actor: ACTOR, action: 'Drain a in api', reason: 'disk swap', outcome: 'done' }
  ])
})

test('level 2 without a confirmation does nothing, and the plan stays', async () => {
  const plan = await lab.make(DRAIN)
  await expect(lab.apply(plan, UNCONFIRMED)).rejects.toMatchObject({
    code: 'CONFIRMATION_REQUIRED'
  })
  expect(lab.done).toEqual([])
  expect((await lab.apply(plan)).auditId).toBe(1)
})

test('level 1 needs no confirmation', async () => {
  lab.show(fleetOf([pool('api', [backend('a', { adminState: 'drain' }), backend('b')])]))
  const plan = await lab.make({ ...DRAIN, state: 'ready' })
  expect(plan.level).toBe(1)
  expect((await lab.apply(plan, UNCONFIRMED)).sentence).toBe('a in api is ready again.')
})

test.each([
  ['no confirmation', UNCONFIRMED, /needs a confirmation/],
  ['no name', { ...CONFIRMED, reason: 'why' }, /needs "api" to be typed/],
  ['another name', { ...CONFIRMED, typedName: 'web', reason: 'why' }, /needs "api" to be typed/],
  ['no reason', { ...CONFIRMED, typedName: 'api', reason: '  ' }, /needs a reason/]
])('level 3 with %s is refused', async (_, confirmation, message) => {
  lab.show(LAST)
  const plan = await lab.make(DRAIN)
  expect(plan).toMatchObject({ level: 3, typedName: 'api' })
  const applied = lab.apply(plan, confirmation)
  await expect(applied).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED', message })
  expect(lab.done).toEqual([])
})

test('level 3 with the name and a reason is applied', async () => {
  lab.show(LAST)
  const plan = await lab.make(DRAIN)
  await lab.apply(plan, { isConfirmed: true, typedName: ' api ', reason: 'ordered' })
  expect(lab.audit[0]).toMatchObject({ reason: 'ordered', outcome: 'done' })
})

test('a plan is applied once', async () => {
  const plan = await lab.make(DRAIN)
  await lab.apply(plan)
  await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' })
})

test('two applications at one time count as two', async () => {
  const plan = await lab.make(DRAIN)
  const outcomes = await Promise.allSettled([lab.apply(plan), lab.apply(plan)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(lab.audit).toHaveLength(1)
})

test('a plan is too old after five minutes', async () => {
  const plan = await lab.make(DRAIN)
  lab.clock.advance(PLAN_LIFETIME_MS - 1)
  expect((await lab.make(DRAIN)).stateHash).toBe(plan.stateHash)
  lab.clock.advance(1)
  await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' })
})

test('the oldest of more than a hundred plans is given up', async () => {
  const first = await lab.make(DRAIN)
  const second = await lab.make(DRAIN)
  for (let more = 0; more < 99; more++) await lab.make(DRAIN)
  await expect(lab.apply(first)).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' })
  expect((await lab.apply(second)).auditId).toBe(1)
})

test('a change of what the plan depends on is named, and nothing is done', async () => {
  const plan = await lab.make(DRAIN)
  lab.show(LAST)
  await expect(lab.apply(plan)).rejects.toMatchObject({
    code: 'PLAN_OUTDATED',
    message: 'Who else serves api changed from b to nobody. Nothing was done.',
    details: { changed: ['who else serves api'] }
  })
  expect([lab.done, lab.audit]).toEqual([[], []])
})

test('a change of the environment outdates a plan', async () => {
  const plan = await lab.make(DRAIN)
  lab.workspace = { ...lab.workspace, environment: 'prod' }
  const message = /^The environment changed from dev to prod\./
  await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'PLAN_OUTDATED', message })
})

test('what the plan does not depend on may change', async () => {
  const plan = await lab.make(DRAIN)
  lab.show({ ...TWO, revision: 9, configurationError: 'no' })
  expect((await lab.apply(plan)).auditId).toBe(1)
})

test('read-only refuses the making and the applying', async () => {
  const plan = await lab.make(DRAIN)
  lab.isReadOnly = true
  await expect(lab.make(DRAIN)).rejects.toMatchObject({ code: 'READ_ONLY' })
  await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'READ_ONLY' })
})

test('a failed action is in the audit with why', async () => {
  const plan = await lab.make(DRAIN)
  lab.refusal = new SwitchyardError('ENGINE_DIED', 'The engine process ended.')
  await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'ENGINE_DIED' })
  expect(lab.audit).toMatchObject([{ outcome: 'The engine process ended.' }])
})
