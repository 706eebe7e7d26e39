/**
 * Contract: a file is opened, watched, run and remembered; what other programs do to it is loaded,
 * or waits for what is staged here, and is never lost.
 */
import { readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { hashOf } from './config-text.ts'
import {
  again,
  API,
  API_2,
  BROKEN,
  opened,
  stage,
  WorkspaceFixture
} from './testing/workspace-fixture.ts'

describe('opening', () => {
  test('a good file runs, is recent, and has a version', async () => {
    const { workspace, engine, path, versions } = await opened()
    expect(workspace.state).toMatchObject({
      kind: 'file',
      name: 'a.yaml',
      file: path('a.yaml'),
      environment: 'dev',
      runningHash: hashOf(API),
      diskHash: hashOf(API),
      staged: [],
      problems: [],
      recentFiles: [path('a.yaml')]
    })
    expect(engine.running?.file).toBe(path('a.yaml'))
    expect(versions.kept).toMatchObject([{ summary: 'Opened', hash: hashOf(API) }])
  })

  test('a file with problems is open, shows its lines, and nothing runs', async () => {
    const { workspace, engine } = await opened(BROKEN)
    expect(workspace.state).toMatchObject({ kind: 'file', runningHash: null })
    expect(workspace.state.problems).toMatchObject([
      { severity: 'error', line: 2, column: 1, suggestion: expect.stringContaining('routes') }
    ])
    expect(engine.calls).toEqual([])
  })

  test.each(['missing.yaml', '.'])(
    '%s is CONFIG_UNREADABLE, and what was open stays',
    async (name) => {
      const { workspace, engine, path } = await opened()
      await expect(workspace.open(path(name))).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' })
      expect(workspace.state.file).toBe(path('a.yaml'))
      expect(engine.calls).toEqual(['open'])
    }
  )

  test('a file that another process runs is refused, and what was open runs again', async () => {
    const { workspace, engine, path } = await opened()
    writeFileSync(path('b.yaml'), API_2)
    engine.failNext = new SwitchyardError('INSTANCE_LOCKED', 'Process 1 runs it.')
    await expect(workspace.open(path('b.yaml'))).rejects.toMatchObject({ code: 'INSTANCE_LOCKED' })
    expect(workspace.state).toMatchObject({ file: path('a.yaml'), runningHash: hashOf(API) })
    expect(engine.running?.file).toBe(path('a.yaml'))
    expect(workspace.state.recentFiles).toEqual([path('a.yaml')])
  })

  test('a configuration that the engine refuses is a problem of the file', async () => {
    const fixture = await WorkspaceFixture.make()
    writeFileSync(fixture.path('a.yaml'), API)
    fixture.engine.refuseNext = { code: 'CERTIFICATE_INVALID', reason: 'site.pem is no PEM file.' }
    await fixture.workspace.open(fixture.path('a.yaml'))
    expect(fixture.workspace.state).toMatchObject({
      runningHash: null,
      problems: [{ line: 0, message: expect.stringContaining('site.pem is no PEM file.') }]
    })
  })

  test('the open file again is only looked at: no connection is dropped', async () => {
    const { workspace, engine, path } = await opened()
    await workspace.open(path('a.yaml'))
    expect(engine.calls).toEqual(['open'])
  })

  test('the last file is opened again at the next start, with its environment', async () => {
    const first = await opened()
    await first.workspace.setEnvironment('prod')
    await first.workspace.stop()
    const { workspace, engine } = await again(first)
    await workspace.start()
    expect(workspace.state).toMatchObject({
      kind: 'file',
      environment: 'prod',
      runningHash: hashOf(API)
    })
    expect(engine.calls).toEqual(['open'])
  })

  test('a file that was closed is recent and not opened again', async () => {
    const first = await opened()
    await first.workspace.close()
    expect(first.workspace.state).toMatchObject({ kind: 'none', file: null, runningHash: null })
    expect(first.engine.running).toBeNull()
    const second = await again(first)
    await second.workspace.start()
    expect(second.workspace.state).toMatchObject({
      kind: 'none',
      recentFiles: [first.path('a.yaml')]
    })
  })

  test('a file that is gone at the next start shows so, and runs when it is back', async () => {
    const first = await opened()
    await first.workspace.stop()
    unlinkSync(first.path('a.yaml'))
    const { workspace, path } = await again(first)
    await workspace.start()
    expect(workspace.state).toMatchObject({
      kind: 'file',
      diskHash: null,
      problems: [{ line: 0, message: expect.stringContaining('ENOENT') }]
    })
    writeFileSync(path('a.yaml'), API)
    await eventually('the file runs', () => workspace.state.runningHash === hashOf(API))
    expect(workspace.state.problems).toEqual([])
  })

  test('ten files are recent, the newest first, and a prod file outlasts them', async () => {
    const { workspace, path } = await opened()
    await workspace.setEnvironment('prod')
    for (let number = 0; number < 11; number++) {
      writeFileSync(path(`${number}.yaml`), API)
      await workspace.open(path(`${number}.yaml`))
    }
    expect(workspace.state.recentFiles).toHaveLength(10)
    expect(workspace.state.recentFiles[0]).toBe(path('10.yaml'))
    expect(workspace.state.recentFiles).not.toContain(path('a.yaml'))
    await workspace.open(path('a.yaml'))
    expect(workspace.state.environment).toBe('prod')
  })

  test('what the console remembers is for its user only, and nonsense is set aside', async () => {
    const first = await opened()
    await first.workspace.stop()
    const file = first.path('state/workspace.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    writeFileSync(file, '{ "half":')
    const second = await again(first)
    await second.workspace.start()
    expect(second.workspace.state).toMatchObject({ kind: 'none', recentFiles: [] })
    expect(readFileSync(`${file}.invalid`, 'utf8')).toBe('{ "half":')
  })
})

describe('a change by another program', () => {
  test('is loaded, and has a version that says what changed', async () => {
    const { workspace, engine, path, versions } = await opened()
    writeFileSync(path('a.yaml'), API_2)
    await eventually('the change runs', () => workspace.state.runningHash === hashOf(API_2))
    expect(engine.calls).toEqual(['open', 'reload'])
    expect(versions.kept[0]).toMatchObject({
      actor: 'another program',
      summary: '1 backend added to api (10.0.0.2:80)'
    })
  })

  test('that is bad is shown, and what ran runs on', async () => {
    const { workspace, engine, path, notices } = await opened()
    writeFileSync(path('a.yaml'), BROKEN)
    await eventually('the problem', () => workspace.state.problems.length === 1)
    expect(workspace.state).toMatchObject({ runningHash: hashOf(API), diskHash: hashOf(BROKEN) })
    expect(engine.calls).toEqual(['open'])
    expect(notices).toMatchObject([{ text: expect.stringContaining('is not used') }])
    writeFileSync(path('a.yaml'), API)
    await eventually('no problem', () => workspace.state.problems.length === 0)
    expect(engine.calls).toEqual(['open'])
  })

  test('mends a file that did not run', async () => {
    const { workspace, path } = await opened(BROKEN)
    writeFileSync(path('a.yaml'), API)
    await eventually('it runs', () => workspace.state.runningHash === hashOf(API))
  })

  test('waits while something is staged, and is loaded when that is given up', async () => {
    const { workspace, engine, path, notices } = await opened()
    await stage(workspace, API.replace('10.0.0.1', '10.0.0.7'))
    writeFileSync(path('a.yaml'), API_2)
    await eventually('the change is seen', () => workspace.state.diskHash === hashOf(API_2))
    expect(workspace.state.runningHash).toBe(hashOf(API))
    expect(notices).toMatchObject([{ text: expect.stringContaining('edits are staged here') }])
    await expect(workspace.config.unstage(workspace.state)).rejects.toMatchObject({
      code: 'CONFIG_WAITS'
    })
    expect(workspace.state.staged).not.toEqual([])
    const plan = await workspace.config.planDiscard()
    expect(plan.changes).toEqual(['1 backend added to api (10.0.0.2:80)'])
    await workspace.config.discard('operator', '')
    expect(workspace.state).toMatchObject({ runningHash: hashOf(API_2), staged: [] })
    expect(engine.calls).toEqual(['open', 'reload'])
  })

  test('while the engine is down is loaded when it is back', async () => {
    const { workspace, engine, path } = await opened()
    engine.failNext = new SwitchyardError('ENGINE_DIED', 'The engine is down.')
    writeFileSync(path('a.yaml'), API_2)
    await eventually('the change runs', () => workspace.state.runningHash === hashOf(API_2))
    expect(engine.calls).toEqual(['open', 'reload', 'reload'])
    expect(workspace.state.problems).toEqual([])
  })

  test('that removes the file is shown, and what ran runs on', async () => {
    const { workspace, path } = await opened()
    unlinkSync(path('a.yaml'))
    await eventually('it is missed', () => workspace.state.diskHash === null)
    expect(workspace.state).toMatchObject({
      runningHash: hashOf(API),
      problems: [{ message: expect.stringContaining('ENOENT') }]
    })
  })
})

describe('staging', () => {
  test('shows what would change, and touches neither file nor engine', async () => {
    const { workspace, engine, text } = await opened()
    const review = await stage(workspace, API_2)
    expect(review).toMatchObject({
      staged: { text: API_2, hash: hashOf(API_2), hasMaskedSecrets: false },
      running: { text: API },
      problems: [],
      changes: ['1 backend added to api (10.0.0.2:80)']
    })
    expect(workspace.state.staged).toEqual(['1 backend added to api (10.0.0.2:80)'])
    expect(text('a.yaml')).toBe(API)
    expect(engine.calls).toEqual(['open'])
  })

  test('a broken text is kept too, with its lines', async () => {
    const { workspace } = await opened()
    const review = await stage(workspace, BROKEN)
    expect(review.problems).toMatchObject([{ line: 2, column: 1 }])
    expect(review.changes).toEqual([])
    expect(workspace.state.staged).toEqual(['An edit with a problem'])
  })

  test('the text of the disk is nothing staged', async () => {
    const { workspace } = await opened()
    await stage(workspace, API_2)
    await stage(workspace, API)
    expect(workspace.state.staged).toEqual([])
    await expect(workspace.config.planStaged()).rejects.toMatchObject({ code: 'CONFIG_NOT_STAGED' })
  })

  test('survives a restart of the console, and another file in between', async () => {
    const first = await opened()
    await stage(first.workspace, API_2)
    writeFileSync(first.path('b.yaml'), API)
    await first.workspace.open(first.path('b.yaml'))
    expect(first.workspace.state.staged).toEqual([])
    await first.workspace.open(first.path('a.yaml'))
    await first.workspace.stop()
    const { workspace } = await again(first)
    await workspace.start()
    expect(workspace.config.review().staged.text).toBe(API_2)
    expect(workspace.state.runningHash).toBe(hashOf(API))
  })

  test('a backend goes after the last one of its pool', async () => {
    const { workspace } = await opened()
    const { file } = workspace.state
    const backend = { address: '10.0.0.2:80', weight: 100, level: 1 }
    const review = await workspace.config.stageBackend({ file, pool: 'api', ...backend })
    expect(review.staged.text).toContain(
      '{ address: "10.0.0.1:80" }, { address: "10.0.0.2:80", failover_level: 1 }'
    )
    await expect(
      workspace.config.stageBackend({ file, pool: 'web', ...backend })
    ).rejects.toMatchObject({
      code: 'POOL_UNKNOWN'
    })
  })

  test('needs something open', async () => {
    const { workspace } = await WorkspaceFixture.make()
    await expect(workspace.config.stage({ file: null, base: '', text: API })).rejects.toMatchObject(
      { code: 'WORKSPACE_NONE' }
    )
    expect(() => workspace.config.review()).toThrow(
      expect.objectContaining({ code: 'WORKSPACE_NONE' })
    )
    expect(workspace.config.check(BROKEN)).toMatchObject([{ line: 2 }])
  })
})

test('listeners hear of every other state, and the last end can be dismissed', async () => {
  const fixture = await opened()
  const { workspace } = fixture
  const heard: string[] = []
  const release = workspace.onChange(({ environment, lastEnd }) => {
    heard.push(`${environment} ${lastEnd?.sentence ?? '-'}`)
  })
  fixture.lastEnd = { atMs: 1, sentence: 'It was killed.' }
  workspace.refreshState()
  workspace.refreshState()
  await workspace.setEnvironment('staging')
  workspace.dismissLastEnd()
  release()
  await workspace.setEnvironment('dev')
  expect(heard).toEqual(['dev It was killed.', 'staging It was killed.', 'staging -'])
})

test('more changes than anybody makes at one time are refused', async () => {
  const { workspace, engine, path } = await opened()
  const { promise, resolve } = Promise.withResolvers<void>()
  engine.onLoad = () => promise
  writeFileSync(path('b.yaml'), API)
  const opening = workspace.open(path('b.yaml'))
  const waiting = Array.from({ length: 20 }, () => workspace.setEnvironment('dev'))
  const settled = Promise.allSettled(waiting)
  resolve()
  await opening
  const refused = (await settled).filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(5)
  expect(refused[0]).toMatchObject({ reason: { code: 'WORKSPACE_BUSY' } })
  rmSync(path('b.yaml'))
})
