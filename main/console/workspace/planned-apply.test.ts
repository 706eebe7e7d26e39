/**
 * Contract: what is applied is what was planned. Another page may stage a text between the last
 * look of a plan and its turn; that text was never shown to the operator who confirmed.
 */
import { expect, test } from 'vitest'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { CONFIRMED } from '../plans/testing/plan-lab.ts'
import { applyConfig } from '../plans/kinds/apply-config.ts'
import { restoreConfig } from '../plans/kinds/restore-config.ts'
import { PlanDesk } from '../plans/plan-desk.ts'
import type { PlanKinds } from '../plans/plan-kind.ts'
import type { PlanServices } from '../plans/plan-services.ts'
import { API, API_2, opened, stage } from './testing/workspace-fixture.ts'
import type { Workspace } from './workspace.ts'

function deskOf(workspace: Workspace): PlanDesk {
  const services = { workspace, config: workspace.config } as unknown as PlanServices
  const kinds = { apply_config: applyConfig(services), restore_config: restoreConfig(services) }
  return new PlanDesk({
    clock: new ManualClock(),
    kinds: kinds as unknown as PlanKinds,
    audit: { record: () => 1 },
    isReadOnly: () => false,
    newPlanId: () => 'plan'
  })
}

test('a text that was staged while a plan was applied is not applied in its place', async () => {
  const { workspace, text } = await opened()
  await stage(workspace, API_2)
  const desk = deskOf(workspace)
  const { planId } = await desk.make({ kind: 'apply_config' })
  const applied = desk.apply(planId, CONFIRMED, 'first operator')
  // In the lane behind the plan's last look, and before its turn to be applied.
  await Promise.resolve()
  const staged = stage(workspace, API_2.replace('10.0.0.2', '10.6.6.6'))
  await expect(applied).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
  await staged
  expect(text('a.yaml')).toBe(API)
})

test('nobody else in between, the plan is applied', async () => {
  const { workspace, text } = await opened()
  await stage(workspace, API_2)
  const desk = deskOf(workspace)
  const { planId } = await desk.make({ kind: 'apply_config' })
  const { undo } = await desk.apply(planId, CONFIRMED, 'first operator')
  expect(text('a.yaml')).toBe(API_2)
  const back = await desk.make(undo!)
  await desk.apply(back.planId, CONFIRMED, 'first operator')
  expect(text('a.yaml')).toBe(API)
})
