/** The way of a change: levels 0 and 1 at once with an Undo, levels 2 and 3 confirmed on a sheet. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Plan, PlanRequest } from '../../preload/contract/plan.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { aPlan } from '../testing/live-payloads.ts'
import { ManualPage } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { ENTER_GUARD_MS, PlanFlow } from './plan-flow.svelte.ts'
import { Toasts } from './toasts.svelte.ts'

const RESTART: PlanRequest = { kind: 'restart_engine' }
const UNDO: PlanRequest = { kind: 'close_workspace' }

let page: ManualPage
let backend: ScriptedBackend
let toasts: Toasts
let plans: PlanFlow
let planned: Plan

beforeEach(() => {
  page = new ManualPage()
  backend = new ScriptedBackend()
  toasts = new Toasts(page)
  plans = new PlanFlow(backend, page, toasts)
  planned = aPlan()
  backend.answers = {
    'plan.make': (request) => ({ ...planned, request }),
    'plan.apply': () => ({ sentence: 'Done.', undo: UNDO, auditId: 1 })
  }
})

const applied = (): readonly unknown[] =>
  backend.calls.filter(({ name }) => name === 'plan.apply').map(({ args }) => args)

const outdated = (): never => {
  throw new SwitchyardError('PLAN_OUTDATED', 'The pool has changed.')
}

describe('PlanFlow', () => {
  test.each([0, 1] as const)(
    'applies level %i at once, unconfirmed, and offers the undo',
    async (level) => {
      planned = aPlan({ level })
      await plans.request(RESTART)
      expect(plans.draft).toBeNull()
      expect(applied()).toEqual([
        { planId: 'plan-1', confirmation: { isConfirmed: false, typedName: null, reason: '' } }
      ])
      expect(toasts.list[0]).toMatchObject({ text: 'Done.', action: { label: 'Undo' } })
    }
  )

  test('undoes through a plan of its own', async () => {
    planned = aPlan({ level: 1 })
    await plans.request(RESTART)
    planned = aPlan({ level: 2 })
    toasts.list[0]!.action!.run()
    await Promise.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    expect(plans.draft?.plan.request).toEqual(UNDO)
  })

  test('offers no undo where there is none', async () => {
    planned = aPlan({ level: 1 })
    backend.answers['plan.apply'] = () => ({ sentence: 'Done.', undo: null, auditId: 1 })
    await plans.request(RESTART)
    expect(toasts.list[0]?.action).toBeNull()
  })

  test.each([1, 2] as const)(
    'offers the own undo of whoever asked where the plan of level %i has none',
    async (level) => {
      planned = aPlan({ level })
      backend.answers['plan.apply'] = () => ({ sentence: 'Done.', undo: null, auditId: 1 })
      const undo = { label: 'Undo', run: () => {} }
      await plans.request(RESTART, undo)
      if (level === 2) await plans.confirm('', '')
      expect(toasts.list[0]?.action).toBe(undo)
    }
  )

  test.each([2, 3] as const)(
    'applies nothing of level %i before it is confirmed',
    async (level) => {
      planned = aPlan({ level, typedName: level === 3 ? 'api' : null })
      await plans.request(RESTART)
      expect(plans.draft?.plan.level).toBe(level)
      plans.cancel()
      expect(plans.draft).toBeNull()
      expect(applied()).toEqual([])
    }
  )

  test('takes no Enter in the first 300 ms of a sheet', async () => {
    expect(plans.takesEnter()).toBe(false)
    await plans.request(RESTART)
    page.advance(ENTER_GUARD_MS - 1)
    expect(plans.takesEnter()).toBe(false)
    page.advance(1)
    expect(plans.takesEnter()).toBe(true)
  })

  test('confirms level 2 without typing', async () => {
    await plans.request(RESTART)
    await plans.confirm('', '')
    expect(applied()).toEqual([
      { planId: 'plan-1', confirmation: { isConfirmed: true, typedName: null, reason: '' } }
    ])
    expect(plans.draft).toBeNull()
    expect(toasts.list[0]?.text).toBe('Done.')
  })

  test('asks at level 3 for the exact name and a reason', async () => {
    planned = aPlan({ level: 3, typedName: 'api' })
    await plans.request(RESTART)
    expect(plans.missing('ap', 'deploy')).toBe('Type api to confirm.')
    expect(plans.missing('api', '  ')).toContain('reason')
    await plans.confirm('ap', 'deploy')
    expect(applied()).toEqual([])
    await plans.confirm('api', ' deploy ')
    expect(applied()).toEqual([
      { planId: 'plan-1', confirmation: { isConfirmed: true, typedName: 'api', reason: 'deploy' } }
    ])
  })

  test.each(['PLAN_OUTDATED', 'PLAN_UNKNOWN'] as const)(
    'shows the new plan after %s',
    async (code) => {
      await plans.request(RESTART)
      backend.answers['plan.apply'] = () => {
        throw new SwitchyardError(code, 'It has changed.')
      }
      planned = aPlan({ planId: 'plan-2', level: 3, typedName: 'api' })
      await plans.confirm('', '')
      expect(plans.draft).toMatchObject({
        isReplacement: true,
        plan: { planId: 'plan-2', level: 3 }
      })
      expect(plans.problem).toBeNull()
      expect(plans.isApplying).toBe(false)
      expect(plans.takesEnter()).toBe(false)
    }
  )

  test('stays open with the reason when a new plan cannot be made either', async () => {
    await plans.request(RESTART)
    backend.answers['plan.apply'] = outdated
    const gone = new SwitchyardError('WORKSPACE_NONE', 'Nothing is open.')
    backend.answers['plan.make'] = () => {
      throw gone
    }
    await plans.confirm('', '')
    expect(plans.draft?.plan.planId).toBe('plan-1')
    expect(plans.problem).toBe(gone)
  })

  test('stays open with the reason when the change failed', async () => {
    await plans.request(RESTART)
    const failure = new SwitchyardError('READ_ONLY', 'Read-only.')
    backend.answers['plan.apply'] = () => {
      throw failure
    }
    await plans.confirm('', '')
    expect(plans.problem).toBe(failure)
    expect(plans.draft).not.toBeNull()
    await plans.request(RESTART)
    expect(plans.problem).toBeNull()
  })

  test('applies once when it is confirmed twice, and cannot be cancelled meanwhile', async () => {
    await plans.request(RESTART)
    const first = plans.confirm('', '')
    expect(plans.isApplying).toBe(true)
    const second = plans.confirm('', '')
    plans.cancel()
    expect(plans.draft).not.toBeNull()
    await Promise.all([first, second])
    expect(applied()).toHaveLength(1)
  })

  test('tells a plan that cannot be made as a problem', async () => {
    backend.answers['plan.make'] = () => {
      throw new SwitchyardError('POOL_UNKNOWN', 'No pool is named x.')
    }
    await plans.request(RESTART)
    expect(plans.draft).toBeNull()
    expect(toasts.list[0]).toMatchObject({ tone: 'problem', code: 'POOL_UNKNOWN' })
  })
})
