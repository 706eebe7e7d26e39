/** Contract: what was done is told as done, also where its end could not be kept on the disk. */
import { expect, test } from 'vitest'
import { backend, fleetOf, pool } from '../../live/testing/fleet-double.ts'
import { PlanLab } from '../testing/plan-lab.ts'

test('a maintenance whose end cannot be kept is done, in the audit as well, and says so', async () => {
  const lab = new PlanLab(fleetOf([pool('api', [backend('a'), backend('b')])]))
  lab.endRefusal = new Error('The disk is full.')
  const request = { kind: 'set_admin_state', pool: 'api', backend: 'a', state: 'maint' } as const
  const { sentence, undo } = await lab.apply(await lab.make({ ...request, forMs: 60_000 }))
  expect(sentence).toBe(
    'Took a in api into maintenance; no request is left. ' +
      'Its end is forgotten when this console ends: The disk is full.'
  )
  expect(undo).toMatchObject({ state: 'ready' })
  expect(lab.audit).toMatchObject([{ outcome: 'done' }])
})

test('the end is known as soon as the state can be seen, and forgotten when it is kept', async () => {
  const lab = new PlanLab(fleetOf([pool('api', [backend('a'), backend('b')])]))
  lab.followsCommands = false
  const request = { kind: 'set_admin_state', pool: 'api', backend: 'a', state: 'drain' } as const
  const endsAtMs = lab.clock.wallNow() + 60_000
  const applied = lab.apply(await lab.make({ ...request, forMs: 60_000 }))
  await lab.clock.advanceAsync(10)
  expect(lab.done).toHaveLength(1)
  expect(lab.expectedEndMs).toBe(endsAtMs)
  lab.show(fleetOf([pool('api', [backend('a', { adminState: 'drain' }), backend('b')])]))
  await applied
  expect(lab.done[1]).toBe(`ends api a drain ${endsAtMs}`)
  expect(lab.expectedEndMs).toBeUndefined()
})
