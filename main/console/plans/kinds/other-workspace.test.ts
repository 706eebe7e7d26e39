/**
 * Contract: a plan is about the workspace in which it was made. Another file may have a pool and a
 * backend of the same name and in the same state, and is not what the operator confirmed.
 */
import { expect, test } from 'vitest'
import type { PlanRequest } from '../../../../preload/contract/plan.ts'
import { backend, fleetOf, pool } from '../../live/testing/fleet-double.ts'
import { NO_ENGINE } from '../../engine/no-engine.ts'
import { PlanLab } from '../testing/plan-lab.ts'

const FLEET = fleetOf([pool('api', [backend('a'), backend('b')])])
const IN_API = { pool: 'api', backend: 'a' } as const

test.each<PlanRequest>([
  { kind: 'set_admin_state', ...IN_API, state: 'maint', forMs: null },
  { kind: 'set_weight', ...IN_API, weight: 0 },
  { kind: 'restart_engine' }
])('a plan to $kind is outdated when another file was opened meanwhile', async (request) => {
  const lab = new PlanLab(FLEET)
  // Of a stopped engine there is no process that would tell the two apart.
  if (request.kind === 'restart_engine') lab.engine = { ...NO_ENGINE, phase: 'stopped' }
  const plan = await lab.make(request)
  lab.workspace = { ...lab.workspace, file: '/etc/copy/shop.yaml' }
  await expect(lab.apply(plan)).rejects.toMatchObject({
    code: 'PLAN_OUTDATED',
    message:
      'The workspace changed from file /etc/shop.yaml to file /etc/copy/shop.yaml. Nothing was done.'
  })
  expect(lab.done).toEqual([])
})
