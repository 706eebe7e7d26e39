/** Contract: no secret of a configuration leaves, and none is lost by an edit beside it. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MASKED } from '../../../proxy-core/model/traffic-sample.ts'
import { hashOf } from './config-text.ts'
import { again, API, BY, opened, stage, withSecret } from './testing/workspace-fixture.ts'

const WITH_SECRET = withSecret('s3cret')

describe('secrets', () => {
  test('leave neither by review, nor by version, nor by what is kept', async () => {
    const { workspace, path, versions } = await opened(WITH_SECRET)
    await stage(workspace, workspace.config.review().staged.text.replace('10.0.0.1', '10.0.0.3'))
    const out = JSON.stringify([
      workspace.config.review(),
      workspace.state,
      versions.kept,
      workspace.config.version(1),
      await workspace.config.planStaged()
    ])
    expect(out).toContain(MASKED)
    expect(out).not.toContain('s3cret')
    const [staged] = readdirSync(path('state/staged'))
    expect(readFileSync(path(`state/staged/${staged}`), 'utf8')).not.toContain('s3cret')
  })

  test('are in no message about what YAML makes of them', async () => {
    const { workspace } = await opened(WITH_SECRET.replace('"https://h.test/s3cret"', '*s3cret'))
    expect(workspace.state.problems).not.toEqual([])
    expect(JSON.stringify([workspace.state, workspace.config.review()])).not.toContain('s3cret')
  })

  test('survive an edit beside them, also over a restart', async () => {
    const first = await opened(WITH_SECRET)
    const shown = first.workspace.config.review().staged.text
    await stage(first.workspace, shown.replace('10.0.0.1', '10.0.0.3'))
    await first.workspace.stop()
    const { workspace, text } = await again(first)
    await workspace.start()
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toBe(WITH_SECRET.replace('10.0.0.1', '10.0.0.3'))
  })

  test('typed anew are masked at the next look and kept at the next edit', async () => {
    const { workspace, text } = await opened()
    await stage(workspace, WITH_SECRET)
    const shown = workspace.config.review().staged.text
    expect(shown).toContain(MASKED)
    await stage(workspace, `${shown.replace('"10.0.0.1:80" }]', '"10.0.0.1:80" }')}`)
    await stage(workspace, `# once more\n${shown}`)
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toBe(`# once more\n${WITH_SECRET}`)
  })

  test('of a version that ran before this console come from the file, or are asked for', async () => {
    const { workspace, text, versions } = await opened(API)
    const masked = WITH_SECRET.replace('https://h.test/s3cret', MASKED)
    const kept = { actor: 'a', reason: '', summary: '', file: workspace.state.file! }
    versions.kept[0] = { ...kept, id: 1, atMs: 1, hash: hashOf(WITH_SECRET), text: masked }
    const plan = await workspace.config.planRestore(1)
    expect(plan.problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { line: 3, message: expect.stringContaining(MASKED) }
    ])
    await expect(workspace.config.restore(1, ...BY)).rejects.toMatchObject({
      code: 'CONFIG_INVALID'
    })
    expect(text('a.yaml')).toBe(API)
  })

  test('a mask at a new place is a problem with its line, and goes with the edit', async () => {
    const { workspace } = await opened(WITH_SECRET)
    const errors = (problems: readonly { severity: string; line: number }[]): readonly number[] =>
      problems.filter(({ severity }) => severity === 'error').map(({ line }) => line)
    const shown = workspace.config.review().staged.text
    const doubled = shown.replace('[{ type', `[{ type: webhook, url: ${MASKED} }, { type`)
    expect(errors(workspace.config.check(doubled))).toEqual([3])
    const review = await stage(workspace, doubled)
    expect(errors(review.problems)).toEqual([3])
    expect(errors(workspace.config.check(shown))).toEqual([])
    await stage(workspace, shown)
    expect(workspace.state.staged).toEqual([])
  })

  test('that an edit took out come back with its undo', async () => {
    const { workspace } = await opened(WITH_SECRET)
    const shown = workspace.config.review().staged.text
    await stage(workspace, API)
    await stage(workspace, shown)
    expect(workspace.state.staged).toEqual([])
  })
})
