/**
 * Contract: every kind of plan says what will happen, what could go wrong, how dangerous it is and
 * what would take it back, and does exactly that when it is applied.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { PlanRequest } from '../../../../preload/contract/plan.ts'
import type { ConfigProblemLine } from '../../../../preload/contract/workspace-state.ts'
import {
  backend,
  down,
  fleetOf,
  pool,
  row,
  tickOf,
  TWO_LEVELS
} from '../../live/testing/fleet-double.ts'
import { NO_ENGINE } from '../../engine/no-engine.ts'
import { CONFIG_PLAN, CONFIRMED, PlanLab } from '../testing/plan-lab.ts'

const FLEET = fleetOf([
  pool('api', [backend('a'), backend('b'), backend('r', { level: 1 })]),
  pool('web', [backend('w'), backend('v', { level: 1 })])
])

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
  lab = new PlanLab(FLEET)
  const busy = [row({ rps: 120, inFlight: 12 }), row(), row()]
  const { pools: _, ...tick } = tickOf(FLEET, { total: row({ rps: 340, inFlight: 20 }) })
  lab.numbers = {
    ...tick,
    pools: [
      { row: row(), backends: busy },
      { row: row(), backends: [row(), row()] }
    ]
  }
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
