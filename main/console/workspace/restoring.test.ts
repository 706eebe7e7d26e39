/**
 * Contract: a version comes back as it ran, secrets included where this console saw it run, and
 * says so where it cannot; what only the disk has is kept, and a deleted file is written anew.
 */
import { chmodSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MASKED } from '../../../proxy-core/model/traffic-sample.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { hashOf } from './config-text.ts'
import { MOST_TEXTS, SessionTexts } from './session-texts.ts'
import {
  again,
  API,
  API_2,
  BROKEN,
  opened,
  stage,
  withSecret
} from './testing/workspace-fixture.ts'

const BY = ['operator (test)', ''] as const

describe('a secret that has changed', () => {
  test('comes back with the version that had it', async () => {
    const { workspace, text } = await opened(withSecret('old'))
    await stage(workspace, withSecret('new'))
    const { previousVersionId } = await workspace.config.applyStaged(...BY)
    const plan = await workspace.config.planRestore(previousVersionId!)
    expect(plan.warnings).toEqual([])
    expect(plan.isHarmless).toBe(false)
    await workspace.config.restore(previousVersionId!, ...BY)
    expect(text('a.yaml')).toBe(withSecret('old'))
  })

  test('and that the file had before it was taken out comes back too', async () => {
    const { workspace, text } = await opened(withSecret('old'))
    await stage(workspace, API)
    await workspace.config.applyStaged(...BY)
    await workspace.config.restore(1, ...BY)
    expect(text('a.yaml')).toBe(withSecret('old'))
  })

  test('of a version that an earlier console ran is that of today, and the plan says so', async () => {
    const first = await opened(withSecret('old'))
    await first.workspace.stop()
    writeFileSync(first.path('a.yaml'), withSecret('new').replace('10.0.0.1', '10.0.0.9'))
    const fixture = await again(first)
    fixture.versions.kept.push(...first.versions.kept)
    await fixture.workspace.start()
    const plan = await fixture.workspace.config.planRestore(1)
    expect(plan.warnings).toEqual(['Its secrets are those of the file today.'])
    await fixture.workspace.config.restore(1, ...BY)
    expect(fixture.text('a.yaml')).toBe(withSecret('new'))
  })

  test('is held for the newest texts only', () => {
    const texts = new SessionTexts()
    for (let n = 0; n <= MOST_TEXTS; n++) texts.note({ hash: `h${n}`, text: `t${n}` })
    expect(texts.textOf('h0')).toBeNull()
    expect(texts.textOf('h1')).toBe('t1')
  })
})

describe('a text on disk that never ran', () => {
  test('is warned of by a restore, and kept in the history', async () => {
    const { workspace, path, text, versions } = await opened()
    await stage(workspace, API_2)
    await workspace.config.applyStaged(...BY)
    writeFileSync(path('a.yaml'), BROKEN)
    const plan = await workspace.config.planRestore(1)
    expect(plan.warnings).toEqual([
      'a.yaml holds a text that never ran; restoring replaces it, and the history keeps it.'
    ])
    await workspace.config.restore(1, ...BY)
    expect(text('a.yaml')).toBe(API)
    expect(versions.kept[1]).toMatchObject({
      hash: hashOf(BROKEN),
      text: BROKEN,
      summary: 'Was on disk and never ran'
    })
  })

  test('is kept when a staged text replaces it', async () => {
    const { workspace, path, versions } = await opened()
    await stage(workspace, API_2)
    const theirs = API.replace('10.0.0.1', '10.0.0.5')
    writeFileSync(path('a.yaml'), theirs)
    await workspace.config.planStaged()
    await workspace.config.applyStaged(...BY)
    expect(versions.kept.map(({ hash }) => hash)).toEqual([
      hashOf(API_2),
      hashOf(theirs),
      hashOf(API)
    ])
    await workspace.config.restore(2, ...BY)
    expect(versions.kept).toHaveLength(4)
  })

  test('is not recorded where it ran', async () => {
    const { workspace, versions } = await opened()
    await stage(workspace, API_2)
    await workspace.config.applyStaged(...BY)
    expect(versions.kept).toHaveLength(2)
  })
})

describe('a file that was deleted', () => {
  test('is written anew by what is staged, once the plan has said so', async () => {
    const { workspace, path, text } = await opened()
    chmodSync(path('a.yaml'), 0o640)
    await stage(workspace, API_2)
    await workspace.config.planStaged()
    unlinkSync(path('a.yaml'))
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_CHANGED_ON_DISK',
      message: expect.stringContaining('was deleted since this edit began')
    })
    const plan = await workspace.config.planStaged()
    expect(plan.warnings).toEqual([
      'a.yaml was deleted after you began to edit it; applying writes it anew.'
    ])
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toBe(API_2)
    expect(statSync(path('a.yaml')).mode & 0o777).toBe(0o640)
    expect(workspace.state).toMatchObject({ diskHash: hashOf(API_2), problems: [] })
  })

  test('is written anew by a restore of what runs', async () => {
    const { workspace, path, text } = await opened()
    unlinkSync(path('a.yaml'))
    const plan = await workspace.config.planRestore(1)
    expect(plan.warnings).toEqual(['a.yaml was deleted; restoring writes it anew.'])
    expect(plan.changes).toEqual(['What runs stays as it is, and the file is written anew with it'])
    await workspace.config.restore(1, ...BY)
    expect(text('a.yaml')).toBe(API)
  })

  test('with its folder cannot be, and what ran runs on', async () => {
    const { workspace, root } = await opened()
    await stage(workspace, API_2)
    rmSync(root, { recursive: true })
    await workspace.config.planStaged()
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_UNWRITABLE'
    })
    expect(workspace.state.runningHash).toBe(hashOf(API))
  })
})

describe('a plan', () => {
  test('tells of what runs, also where the file has another text', async () => {
    const { workspace, engine, path } = await opened(API_2)
    engine.refuseNext = { code: 'PORT_IN_USE', reason: 'Taken.' }
    const theirs = 'pools: []\nroutes: []\n'
    writeFileSync(path('a.yaml'), theirs)
    await eventually('it is seen', () => workspace.state.diskHash === hashOf(theirs))
    await stage(workspace, API)
    const plan = await workspace.config.planStaged()
    expect(plan.changes).toEqual([
      '1 backend removed from api (10.0.0.2:80): it finishes what runs'
    ])
    await stage(workspace, `${theirs}# mine\n`)
    expect((await workspace.config.planStaged()).isDestructive).toBe(true)
  })

  test('of comments alone is harmless, and of nothing else', async () => {
    const { workspace, path } = await opened(withSecret('old'))
    const plan = async (text: string): Promise<boolean> => {
      await stage(workspace, text)
      return (await workspace.config.planStaged()).isHarmless
    }
    const shown = workspace.config.review().staged.text
    expect(await plan(`# A comment.\n${shown}`)).toBe(true)
    expect(await plan(shown.replace('10.0.0.1', '10.0.0.2'))).toBe(false)
    expect(await plan(shown.replace(MASKED, '"https://h.test/other"'))).toBe(false)
    await stage(workspace, `# A comment.\n${withSecret('old')}`)
    expect((await workspace.config.planStaged()).isHarmless).toBe(true)
    writeFileSync(path('a.yaml'), API)
    expect((await workspace.config.planStaged()).isHarmless).toBe(false)
  })
})
