/**
 * Contract: a plan about what is open, its engine, its environment or its demo says what will
 * happen and how dangerous it is, and does exactly that when it is applied.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { PlanRequest } from '../../../../preload/contract/plan.ts'
import { NO_ENGINE } from '../../engine/no-engine.ts'
import { CONFIRMED, type PlanLab } from '../testing/plan-lab.ts'
import { busyLab } from '../testing/busy-lab.ts'

let lab: PlanLab

beforeEach(() => {
  lab = busyLab()
})

describe('set_demo_backend', () => {
  const kill: PlanRequest = { kind: 'set_demo_backend', backend: 'demo-2', isRunning: false }

  beforeEach(() => {
    const backends = [{ name: 'demo-2', address: '127.0.0.1:1', isRunning: true }]
    const demo = { backends, listenerUrl: 'http://127.0.0.1:2', rateRps: 50 }
    lab.workspace = { ...lab.workspace, kind: 'demo', name: 'demo', file: null, demo }
  })

  test('a backend of the demo is killed at once and can be brought back', async () => {
    const plan = await lab.make(kill)
    expect(plan).toMatchObject({
      level: 1,
      verb: 'Kill demo-2',
      undo: { ...kill, isRunning: true }
    })
    expect((await lab.apply(plan)).sentence).toBe('Killed demo-2.')
    expect(lab.done).toEqual(['demo demo-2 false'])
  })

  test('a name that the demo does not have is refused', async () => {
    await expect(lab.make({ ...kill, backend: 'x' })).rejects.toMatchObject({
      code: 'BACKEND_UNKNOWN'
    })
  })
})

describe('restart_engine', () => {
  test('a running engine says what runs and that nobody listens for a moment', async () => {
    const plan = await lab.make({ kind: 'restart_engine' })
    expect(plan).toMatchObject({ level: 2, verb: 'Restart the engine' })
    expect(plan.steps[0]).toBe(
      'The engine stops accepting connections; 20 running requests (now 340 req/s) may finish.'
    )
    expect((await lab.apply(plan)).sentence).toBe('The engine runs again (process 7).')
  })

  test('where none runs, it is only started', async () => {
    lab.engine = { ...NO_ENGINE, phase: 'stopped', reason: 'no' }
    expect(await lab.make({ kind: 'restart_engine' })).toMatchObject({
      level: 1,
      verb: 'Start the engine',
      warnings: []
    })
  })

  test('a refusal of the engine is what the apply fails with', async () => {
    const plan = await lab.make({ kind: 'restart_engine' })
    lab.restarted = { ok: false, code: 'LISTEN_FAILED', reason: 'Port taken.', problems: [] }
    await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
    expect(lab.audit).toMatchObject([{ outcome: 'Port taken.' }])
  })

  test('without a workspace there is no engine to start', async () => {
    lab.engine = NO_ENGINE
    await expect(lab.make({ kind: 'restart_engine' })).rejects.toMatchObject({
      code: 'WORKSPACE_NONE'
    })
  })
})

describe('close_workspace', () => {
  test('a serving workspace names the addresses that nobody will listen on', async () => {
    const plan = await lab.make({ kind: 'close_workspace' })
    expect(plan).toMatchObject({
      level: 2,
      title: 'Close shop.yaml',
      warnings: ['Nobody will listen on 127.0.0.1:8080 any more.']
    })
    expect((await lab.apply(plan)).sentence).toBe('Closed shop.yaml.')
    expect(lab.done).toEqual(['close'])
  })

  test('the demo is closed at once', async () => {
    lab.workspace = { ...lab.workspace, kind: 'demo', name: 'demo' }
    expect((await lab.make({ kind: 'close_workspace' })).level).toBe(1)
  })
})

describe('set_environment', () => {
  const to = (environment: 'dev' | 'staging' | 'prod') =>
    ({ kind: 'set_environment', environment }) as const

  test('a file becomes prod at once, and the way back is offered', async () => {
    const plan = await lab.make(to('prod'))
    expect(plan).toMatchObject({
      level: 1,
      title: 'Set the environment of shop.yaml to prod',
      steps: [
        'The environment of shop.yaml goes from dev to prod.',
        'From then on every change asks for the typed name and a reason.'
      ],
      warnings: [],
      undo: to('dev')
    })
    const outcome = await lab.apply(plan, { ...CONFIRMED, isConfirmed: false })
    expect(outcome).toMatchObject({ sentence: 'shop.yaml is prod now.', undo: to('dev') })
    expect(lab.done).toEqual(['environment prod'])
    expect(lab.audit).toMatchObject([{ action: plan.title, outcome: 'done' }])
  })

  test.each(['dev', 'staging'] as const)(
    'leaving prod for %s is asked for by name and with a reason',
    async (wanted) => {
      lab.workspace = { ...lab.workspace, environment: 'prod' }
      const plan = await lab.make(to(wanted))
      expect(plan).toMatchObject({ level: 3, typedName: 'shop.yaml', undo: to('prod') })
      expect(plan.warnings).toHaveLength(1)
      await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
      expect(lab.done).toEqual([])
      await lab.apply(plan, { isConfirmed: true, typedName: 'shop.yaml', reason: 'a copy' })
      expect(lab.done).toEqual([`environment ${wanted}`])
      expect(lab.audit.at(-1)).toMatchObject({ reason: 'a copy', outcome: 'done' })
    }
  )

  test.each(['dev', 'staging'] as const)(
    'between dev and staging nothing is asked',
    async (from) => {
      lab.workspace = { ...lab.workspace, environment: from }
      expect((await lab.make(to(from === 'dev' ? 'staging' : 'dev'))).level).toBe(1)
    }
  )

  test('what is so already has nothing to undo', async () => {
    lab.workspace = { ...lab.workspace, environment: 'prod' }
    expect(await lab.make(to('prod'))).toMatchObject({ level: 1, undo: null })
  })

  test('another environment meanwhile outdates the plan', async () => {
    const plan = await lab.make(to('staging'))
    lab.workspace = { ...lab.workspace, environment: 'prod' }
    await expect(lab.apply(plan)).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
  })

  test.each(['none', 'demo'] as const)('there is none for %s', async (kind) => {
    lab.workspace = { ...lab.workspace, kind }
    await expect(lab.make(to('prod'))).rejects.toMatchObject({ code: 'WORKSPACE_NONE' })
  })

  test('a read-only console keeps it', async () => {
    lab.isReadOnly = true
    await expect(lab.make(to('prod'))).rejects.toMatchObject({ code: 'READ_ONLY' })
  })
})
