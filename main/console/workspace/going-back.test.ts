/**
 * Contract: what cannot be written is taken back from the engine, a version is restored, and a
 * rise of errors after an apply offers the version before.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
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

test('a file that changes while the engine loads is not overwritten', async () => {
  const { workspace, engine, path, text } = await opened()
  await stage(workspace, API_2)
  engine.onLoad = () => {
    if (engine.calls.length === 2) writeFileSync(path('a.yaml'), BROKEN)
  }
  await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
    code: 'CONFIG_CHANGED_ON_DISK'
  })
  expect(text('a.yaml')).toBe(BROKEN)
  expect(engine.calls).toEqual(['open', 'reload', 'reload'])
  expect(workspace.state).toMatchObject({ runningHash: hashOf(API), diskHash: hashOf(BROKEN) })
})

describe('a folder that cannot be written', () => {
  /** Root may write everywhere, so the way to the file is taken away instead. */
  async function unwritable(text: string = API): Promise<WorkspaceFixture> {
    const fixture = await WorkspaceFixture.make()
    mkdirSync(fixture.path('conf'))
    writeFileSync(fixture.path('conf/a.yaml'), text)
    await fixture.workspace.open(fixture.path('conf/a.yaml'))
    return fixture
  }

  test('keeps the edit staged and takes the engine back', async () => {
    const { workspace, engine, path, text } = await unwritable()
    await stage(workspace, API_2)
    blockTemporary(path('conf'))
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_UNWRITABLE'
    })
    expect(text('conf/a.yaml')).toBe(API)
    expect(engine.calls).toEqual(['open', 'reload', 'reload'])
    expect(engine.running?.document).toMatchObject({ pools: [{ backends: [{}] }] })
    expect(workspace.state).toMatchObject({ runningHash: hashOf(API) })
    expect(workspace.state.staged).toHaveLength(1)
  })

  test('ends an engine that had not run before', async () => {
    const { workspace, engine, path } = await unwritable(BROKEN)
    await stage(workspace, API)
    blockTemporary(path('conf'))
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_UNWRITABLE'
    })
    expect(engine.running).toBeNull()
    expect(workspace.state.runningHash).toBeNull()
  })

  test('says when the engine cannot go back either', async () => {
    const { workspace, engine, path } = await unwritable()
    await stage(workspace, API_2)
    blockTemporary(path('conf'))
    engine.onLoad = () => {
      if (engine.calls.length === 3) engine.refuseNext = { code: 'PORT_IN_USE', reason: 'Taken.' }
    }
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_UNWRITABLE',
      message: expect.stringContaining('Taken.')
    })
    expect(workspace.state.runningHash).toBe(hashOf(API_2))
  })

  /** The file that the new text is written to first is a folder with something in it. */
  function blockTemporary(folder: string): void {
    mkdirSync(`${folder}/.a.yaml.${process.pid}.tmp/full`, { recursive: true })
  }
})

describe('restoring', () => {
  test('brings a version back through the engine and the file', async () => {
    const { workspace, text } = await opened()
    await stage(workspace, API_2)
    const { previousVersionId } = await workspace.config.applyStaged(...BY)
    const plan = await workspace.config.planRestore(previousVersionId!)
    expect(plan.changes).toEqual([
      '1 backend removed from api (10.0.0.2:80): it finishes what runs'
    ])
    const restored = await workspace.config.restore(previousVersionId!, ...BY)
    expect(restored).toMatchObject({ versionId: 3, previousVersionId: 2 })
    expect(text('a.yaml')).toBe(API)
  })

  test('knows the versions of its own file only', async () => {
    const { workspace, path } = await opened()
    writeFileSync(path('b.yaml'), API)
    await workspace.open(path('b.yaml'))
    expect(workspace.config.versions()).toMatchObject([{ id: 2 }])
    expect(() => workspace.config.version(1)).toThrow(
      expect.objectContaining({ code: 'CONFIG_VERSION_UNKNOWN' })
    )
    await expect(workspace.config.planRestore(99)).rejects.toMatchObject({
      code: 'CONFIG_VERSION_UNKNOWN'
    })
  })
})

describe('the minute after an apply', () => {
  async function applied(): Promise<{ fixture: WorkspaceFixture; clock: ManualClock }> {
    const clock = new ManualClock()
    const fixture = await WorkspaceFixture.make({ clock })
    writeFileSync(fixture.path('a.yaml'), API)
    await fixture.workspace.open(fixture.path('a.yaml'))
    fixture.errorShare = 0.002
    await stage(fixture.workspace, API_2)
    await fixture.workspace.config.applyStaged(...BY)
    return { fixture, clock }
  }

  test('a rise of errors offers the version before, once', async () => {
    const { fixture, clock } = await applied()
    clock.advance(10_000)
    fixture.errorShare = 0.12
    clock.advance(30_000)
    expect(fixture.notices).toEqual([
      {
        severity: 'warning',
        text: expect.stringMatching(
          /from 0\.2 % to 12 % within 12 s .* Version 1, which ran before/
        ),
        code: null,
        restoreVersionId: 1
      }
    ])
  })

  test('one bad second, errors as before, or a rise after the minute offer nothing', async () => {
    const { fixture, clock } = await applied()
    fixture.errorShare = 0.5
    clock.advance(1_000)
    fixture.errorShare = 0.004
    clock.advance(59_000)
    fixture.errorShare = 0.5
    clock.advance(10_000)
    expect(fixture.notices).toEqual([])
  })

  test('ends with the workspace', async () => {
    const { fixture, clock } = await applied()
    await fixture.workspace.close()
    fixture.errorShare = 0.5
    clock.advance(60_000)
    expect(fixture.notices).toEqual([])
    expect(clock.pendingCount).toBe(0)
  })
})
