/**
 * Contract: an apply is loaded by the engine before it is written, by a restart where it cannot
 * take it otherwise; whatever goes wrong leaves everything as it was.
 */
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { hashOf } from './config-text.ts'
import {
  API,
  API_2,
  BROKEN,
  BY,
  opened,
  stage,
  WorkspaceFixture
} from './testing/workspace-fixture.ts'

describe('applying', () => {
  test('loads, writes, keeps the mode, and records who and why', async () => {
    const { workspace, engine, path, text, versions } = await opened()
    chmodSync(path('a.yaml'), 0o640)
    await stage(workspace, API_2)
    const plan = await workspace.config.planStaged()
    expect(plan).toMatchObject({
      subject: 'a.yaml',
      changes: ['1 backend added to api (10.0.0.2:80)'],
      warnings: [],
      isDestructive: false
    })
    const applied = await workspace.config.applyStaged(...BY)
    expect(applied).toEqual({
      sentence: 'Applied: 1 backend added to api (10.0.0.2:80).',
      versionId: 2,
      previousVersionId: 1
    })
    expect(text('a.yaml')).toBe(API_2)
    expect(statSync(path('a.yaml')).mode & 0o777).toBe(0o640)
    expect(engine.running?.document).toMatchObject({ pools: [{ backends: [{}, {}] }] })
    expect(workspace.state).toMatchObject({
      staged: [],
      runningHash: hashOf(API_2),
      diskHash: hashOf(API_2)
    })
    expect(versions.kept[0]).toMatchObject({ actor: BY[0], reason: BY[1], hash: hashOf(API_2) })
    expect(readdirSync(path('state/staged'))).toEqual([])
    expect(workspace.config.versions()).toMatchObject([
      { id: 2, isRunning: true },
      { id: 1, isRunning: false }
    ])
  })

  test('writes through a link and leaves the link', async () => {
    const fixture = await WorkspaceFixture.make()
    mkdirSync(fixture.path('real'))
    writeFileSync(fixture.path('real/a.yaml'), API)
    symlinkSync('real/a.yaml', fixture.path('a.yaml'))
    await fixture.workspace.open(fixture.path('a.yaml'))
    await stage(fixture.workspace, API_2)
    await fixture.workspace.config.applyStaged(...BY)
    expect(fixture.text('real/a.yaml')).toBe(API_2)
    expect(readdirSync(fixture.path('real'))).toEqual(['a.yaml'])
    expect(fixture.text('a.yaml')).toBe(API_2)
  })

  test('a refusal of the engine leaves everything as it was', async () => {
    const { workspace, engine, text } = await opened()
    await stage(workspace, API_2)
    engine.refuseNext = { code: 'CONFIG_NEEDS_RESTART', reason: 'admin.address changes.' }
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_NEEDS_RESTART',
      message: 'admin.address changes.'
    })
    expect(text('a.yaml')).toBe(API)
    expect(workspace.state).toMatchObject({ runningHash: hashOf(API), diskHash: hashOf(API) })
    expect(workspace.state.staged).toHaveLength(1)
  })

  test.each(['ENGINE_DIED', 'ENGINE_SILENT'] as const)(
    'an engine that fails with %s is told to come back with what ran',
    async (code) => {
      const { workspace, engine, text } = await opened()
      await stage(workspace, API_2)
      engine.failNext = new SwitchyardError(code, 'It does not answer.')
      await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({ code })
      expect(engine.running?.document).toMatchObject({ pools: [{ backends: [{}] }] })
      expect(engine.calls).toEqual(['open', 'reload', 'reload'])
      expect(text('a.yaml')).toBe(API)
    }
  )

  describe('what the running engine cannot take', () => {
    const MOVED = `admin: { address: 127.0.0.1:9009 }\nshutdown_timeout: 7s\n${API}`
    const MOVED_AGAIN = MOVED.replace('9009', '9010')

    test('is planned as a restart, with the time that what runs now gives', async () => {
      const { workspace } = await opened(MOVED)
      await stage(workspace, MOVED_AGAIN.replace('7s', '9s'))
      expect((await workspace.config.planStaged()).restart).toEqual({
        reason: expect.stringContaining('admin.address') as string,
        drainMs: 7_000
      })
      await stage(workspace, MOVED.replace('7s', '9s'))
      expect((await workspace.config.planStaged()).restart).toBeNull()
    })

    test('restarts it and is written then', async () => {
      const { workspace, engine, text } = await opened(MOVED)
      await stage(workspace, MOVED_AGAIN)
      engine.onLoad = () => expect(text('a.yaml')).toBe(MOVED)
      await workspace.config.applyStaged(...BY)
      expect(engine.calls).toEqual(['open', 'restart'])
      expect(text('a.yaml')).toBe(MOVED_AGAIN)
      expect(workspace.state).toMatchObject({ runningHash: hashOf(MOVED_AGAIN), staged: [] })
    })

    test.each([
      ['is refused', { refuseNext: { code: 'PORT_IN_USE', reason: 'It is taken.' } }],
      ['dies of it', { failNext: new SwitchyardError('PORT_IN_USE', 'It is taken.') }]
    ] as const)('starts what ran before again when it %s', async (_, failure) => {
      const { workspace, engine, text } = await opened(MOVED)
      await stage(workspace, MOVED_AGAIN)
      Object.assign(engine, failure)
      await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
        code: 'PORT_IN_USE',
        message: 'It is taken.'
      })
      expect(engine.calls).toEqual(['open', 'restart', 'restart'])
      expect(engine.running?.document).toMatchObject({ admin: { address: '127.0.0.1:9009' } })
      expect(text('a.yaml')).toBe(MOVED)
      expect(workspace.state.runningHash).toBe(hashOf(MOVED))
      expect(workspace.state.staged).not.toEqual([])
    })

    test('is not applied where the new engine cannot open all of it, and goes back all the same', async () => {
      const { workspace, engine, text } = await opened(MOVED)
      await stage(workspace, MOVED_AGAIN)
      engine.admin = null
      await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
        code: 'LISTEN_FAILED',
        message: 'The engine could not open the admin API on 127.0.0.1:9010.'
      })
      expect(engine.calls).toEqual(['open', 'restart', 'restart'])
      expect(engine.running?.document).toMatchObject({ admin: { address: '127.0.0.1:9009' } })
      expect(text('a.yaml')).toBe(MOVED)
    })

    test('says so when what ran before does not start again either', async () => {
      const { workspace, engine } = await opened(MOVED)
      await stage(workspace, MOVED_AGAIN)
      engine.onLoad = () => {
        throw new SwitchyardError('ENGINE_DIED', 'It ended.')
      }
      await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
        code: 'ENGINE_DIED',
        message: expect.stringContaining('nor without them again: It ended. It ended.') as string
      })
    })

    test('goes back by another restart when the file cannot be written', async () => {
      const { workspace, engine, path } = await opened(MOVED)
      await stage(workspace, MOVED_AGAIN)
      const other = MOVED.replace('7s', '8s')
      engine.onLoad = () => writeFileSync(path('a.yaml'), other)
      await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
        code: 'CONFIG_CHANGED_ON_DISK'
      })
      expect(engine.calls).toEqual(['open', 'restart', 'restart'])
      expect(engine.running?.document).toMatchObject({ admin: { address: '127.0.0.1:9009' } })
    })
  })

  test('a text with problems is CONFIG_INVALID with its line, and the engine is not asked', async () => {
    const { workspace, engine } = await opened()
    await stage(workspace, BROKEN)
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('at line 2')
    })
    expect(engine.calls).toEqual(['open'])
  })

  test('a file that changed meanwhile is not overwritten, until a plan has shown it', async () => {
    const { workspace, path, text, engine } = await opened()
    await stage(workspace, API_2)
    const other = API.replace('10.0.0.1', '10.0.0.5')
    writeFileSync(path('a.yaml'), other)
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_CHANGED_ON_DISK'
    })
    expect(text('a.yaml')).toBe(other)
    expect(engine.calls).toEqual(['open'])
    const plan = await workspace.config.planStaged()
    // What runs is what users have; what the file loses is a warning.
    expect(plan.changes).toEqual(['1 backend added to api (10.0.0.2:80)'])
    expect(plan.warnings).toEqual([
      'a.yaml has changed since you began to edit it; applying replaces that change ' +
        '(2 backends added to api (10.0.0.1:80, 10.0.0.2:80); ' +
        '1 backend removed from api (10.0.0.5:80): it finishes what runs).'
    ])
    writeFileSync(path('a.yaml'), API.replace('10.0.0.1', '10.0.0.6'))
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_CHANGED_ON_DISK'
    })
    writeFileSync(path('a.yaml'), other)
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toBe(API_2)
  })

  test('every part of what a plan depends on changes its hash parts', async () => {
    const { workspace, path } = await opened()
    await stage(workspace, API_2)
    const first = (await workspace.config.planStaged()).stateHashParts
    expect((await workspace.config.planStaged()).stateHashParts).toEqual(first)
    writeFileSync(path('a.yaml'), `# other\n${API}`)
    const second = (await workspace.config.planStaged()).stateHashParts
    await stage(workspace, `${API_2}# more\n`)
    const third = (await workspace.config.planStaged()).stateHashParts
    expect(new Set([first, second, third].map((parts) => parts.join())).size).toBe(3)
  })

  test('mends a file that did not run', async () => {
    const { workspace, engine, text } = await opened(BROKEN)
    await stage(workspace, API)
    expect((await workspace.config.planStaged()).changes).toEqual([
      'Starts with 1 listener, 1 pool, 1 backend'
    ])
    await workspace.config.applyStaged(...BY)
    expect(engine.calls).toEqual(['open'])
    expect(text('a.yaml')).toBe(API)
    expect(workspace.state.problems).toEqual([])
  })
})
