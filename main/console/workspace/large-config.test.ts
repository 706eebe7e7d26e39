/**
 * Contract: a text that is too large for a frame runs and gets backends, and nothing replaces it
 * that has not seen it.
 */
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isTooLong } from '../../../preload/contract/frame-limit.ts'
import { configReviewSchema } from '../../../preload/contract/workspace-state.ts'
import { hashOf } from './config-text.ts'
import { API, BY, opened, stage } from './testing/workspace-fixture.ts'

describe('a text that is too large to be edited here', () => {
  /** Characters of a comment, in lines. */
  const padding = (characters: number, letter = 'x'): string =>
    `# ${letter.repeat(97)}\n`.repeat(Math.ceil(characters / 100))
  const LARGE = API + padding(1_000_000)

  test('opens and runs, and its review says so in a frame', async () => {
    const { workspace, engine } = await opened(LARGE)
    expect(engine.calls).toEqual(['open'])
    const review = workspace.config.review()
    const shown = { text: '', hash: hashOf(LARGE), hasMaskedSecrets: false, isTooLarge: true }
    expect(review).toMatchObject({ staged: shown, running: shown, problems: [] })
    expect(configReviewSchema.parse(review)).toEqual(review)
    expect(workspace.config.version(1)).toEqual(shown)
  })

  test('is not replaced by what a page typed that has not seen it', async () => {
    const { workspace } = await opened(LARGE)
    await expect(stage(workspace, API)).rejects.toMatchObject({
      code: 'CONFIG_TOO_LARGE',
      message: 'a.yaml is longer than 400000 characters; nothing was staged.'
    })
    expect(workspace.state.staged).toEqual([])
  })

  test('is not taken from a page either', async () => {
    const { workspace } = await opened()
    await expect(stage(workspace, LARGE)).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' })
  })

  test('gets another backend all the same', async () => {
    const { workspace, text } = await opened(LARGE)
    const backend = { address: '10.0.0.2:80', weight: 100, level: 0 }
    const { staged, changes } = await workspace.config.stageBackend({
      file: workspace.state.file,
      pool: 'api',
      ...backend
    })
    expect(staged).toMatchObject({ text: '', isTooLarge: true })
    expect(changes).toEqual(['1 backend added to api (10.0.0.2:80)'])
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toContain('10.0.0.2:80')
    expect(text('a.yaml')).toHaveLength(LARGE.length + ', { address: "10.0.0.2:80" }'.length)
  })

  test.each([
    ['ASCII', 'x', 390_000],
    ['three octets each', '€', 130_000]
  ])('is any beyond what three of %s take in one frame', async (_, letter, characters) => {
    const before = API + padding(characters, letter)
    const fixture = await opened(before)
    const { workspace, path } = fixture
    await stage(workspace, `${before}# mine\n`)
    writeFileSync(path('a.yaml'), `${before}# theirs\n`)
    await workspace.config.planStaged()
    const review = workspace.config.review()
    expect(review.staged.text).toBe(`${before}# mine\n`)
    expect(review.running.text).toBe(before)
    expect(review.onDisk).toMatchObject({ text: '', isTooLarge: true })
    expect(isTooLong(JSON.stringify(review))).toBe(false)
  })
})
