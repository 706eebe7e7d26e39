/**
 * Contract: a plan about the configuration says what changes, how dangerous that is and what would
 * take it back, and applies, discards or restores exactly that.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { ConfigProblemLine } from '../../../../preload/contract/workspace-state.ts'
import { CONFIG_PLAN, CONFIRMED, type PlanLab } from '../testing/plan-lab.ts'
import { busyLab } from '../testing/busy-lab.ts'

let lab: PlanLab

beforeEach(() => {
  lab = busyLab()
})

describe('apply_config and restore_config', () => {
  test('the changes are the steps, and the version before is the undo', async () => {
    const plan = await lab.make({ kind: 'apply_config' })
    expect(plan).toMatchObject({
      level: 2,
      title: 'Apply the staged changes to shop.yaml',
      undo: null
    })
    expect(plan.steps[0]).toBe('1 backend added to api.')
    const outcome = await lab.apply(plan, { ...CONFIRMED, reason: 'more room' })
    expect(lab.done).toEqual(['apply operator (test) more room'])
    expect(outcome.undo).toEqual({ kind: 'restore_config', versionId: 1 })
  })

  test('errors make no plan but name their line', async () => {
    const problem: ConfigProblemLine = {
      severity: 'error',
      line: 4,
      column: 1,
      path: 'pools',
      message: 'It is bad.',
      suggestion: null
    }
    lab.config = { ...CONFIG_PLAN, problems: [problem] }
    await expect(lab.make({ kind: 'apply_config' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Line 4: It is bad.'
    })
  })

  test.each([
    [{ isDestructive: true }, 3],
    [{ isHarmless: true }, 1],
    [{ isHarmless: true, environment: 'staging' }, 2],
    [{ isHarmless: true, environment: 'prod' }, 3],
    [{ isHarmless: true, restart: { reason: 'It moves.', drainMs: 0 } }, 2],
    [{ environment: 'staging' }, 2],
    [{ environment: 'prod' }, 3]
  ] as const)('with %j it is level %d', async (parts, level) => {
    lab.config = { ...CONFIG_PLAN, ...parts }
    lab.workspace = { ...lab.workspace, environment: lab.config.environment }
    expect((await lab.make({ kind: 'apply_config' })).level).toBe(level)
  })

  test('another text in the meantime outdates the plan without spelling it out', async () => {
    const plan = await lab.make({ kind: 'apply_config' })
    lab.config = { ...CONFIG_PLAN, stateHashParts: ['x'.repeat(100)] }
    await expect(lab.apply(plan)).rejects.toMatchObject({
      code: 'PLAN_OUTDATED',
      message: 'The configuration has changed. Nothing was done.'
    })
  })

  test('what the running engine cannot take restarts it, and says so', async () => {
    const reason = 'admin.address cannot change.'
    lab.config = { ...CONFIG_PLAN, warnings: ['Mind.'], restart: { reason, drainMs: 25_000 } }
    const plan = await lab.make({ kind: 'apply_config' })
    expect(plan).toMatchObject({
      level: 2,
      steps: [
        '1 backend added to api.',
        'The engine restarts: open connections are drained for up to 25s. admin.address cannot change.'
      ],
      warnings: ['Mind.', 'Until the new engine listens, new connections are refused.']
    })
    lab.config = { ...CONFIG_PLAN, restart: { reason, drainMs: 0 } }
    expect((await lab.make({ kind: 'apply_config' })).steps[1]).toMatch(/drained until they end\./)
    lab.config = CONFIG_PLAN
    await expect(lab.apply(plan)).rejects.toMatchObject({
      code: 'PLAN_OUTDATED',
      message: 'The way to apply it changed from a restart to a reload. Nothing was done.'
    })
  })

  test('an edit is discarded for the text of the file, which is loaded', async () => {
    const plan = await lab.make({ kind: 'discard_staged' })
    expect(plan).toMatchObject({
      level: 2,
      title: 'Discard the staged changes to shop.yaml and load the file',
      undo: null
    })
    expect(plan.steps.slice(0, 2)).toEqual([
      'What is staged is given up.',
      '1 backend added to api.'
    ])
    const { sentence, undo } = await lab.apply(plan)
    expect([sentence, undo]).toEqual(['Discarded the staged changes. Applied.', null])
    expect(lab.done).toEqual(['discard operator (test) '])
  })

  test('a version is restored by its number', async () => {
    const plan = await lab.make({ kind: 'restore_config', versionId: 4 })
    expect(plan.title).toBe('Restore version 4 of shop.yaml')
    await lab.apply(plan)
    expect(lab.done).toEqual(['restore 4 operator (test) '])
  })
})
