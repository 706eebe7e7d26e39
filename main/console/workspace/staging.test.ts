/**
 * Contract: an edit is staged for the file and from the text that it began with, or not at all;
 * nothing that somebody typed is replaced or lost without a word.
 */
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MASKED } from '../../../proxy-core/model/traffic-sample.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { hashOf } from './config-text.ts'
import { again, API, API_2, opened, stage, withSecret } from './testing/workspace-fixture.ts'

const API_3 = API_2.replace('10.0.0.2', '10.0.0.3')
const BY = ['operator (test)', ''] as const

describe('the configuration that is meant', () => {
  test('is named by the call, and another one that is open is not touched', async () => {
    const { workspace, path } = await opened()
    writeFileSync(path('b.yaml'), API_2)
    await workspace.open(path('b.yaml'))
    const late = { file: path('a.yaml'), base: hashOf(API), text: API_3 }
    const refused = {
      code: 'WORKSPACE_CHANGED',
      message: 'b.yaml is open now; nothing was staged.'
    }
    await expect(workspace.config.stage(late)).rejects.toMatchObject(refused)
    await expect(workspace.config.unstage(late)).rejects.toMatchObject(refused)
    await expect(workspace.config.restage({ ...late, hash: '' })).rejects.toMatchObject(refused)
    const backend = { pool: 'api', address: 'x:80', weight: 100, level: 0 }
    await expect(workspace.config.stageBackend({ ...late, ...backend })).rejects.toMatchObject(
      refused
    )
    expect(workspace.state).toMatchObject({ staged: [], stagedHash: null })
  })

  test('refuses every staging while the console is read-only', async () => {
    const fixture = await opened()
    const { workspace } = fixture
    await stage(workspace, API_2)
    fixture.isReadOnly = true
    const refused = { code: 'READ_ONLY' }
    await expect(stage(workspace, API_3)).rejects.toMatchObject(refused)
    await expect(workspace.config.unstage(workspace.state)).rejects.toMatchObject(refused)
    expect(workspace.config.review().staged.text).toBe(API_2)
  })
})

describe('the text that the edit began with', () => {
  test('is what a change of the file before the first staging is seen from', async () => {
    const { workspace, path, text } = await opened()
    const theirs = API.replace('10.0.0.1', '10.0.0.5')
    writeFileSync(path('a.yaml'), theirs)
    await eventually('it runs', () => workspace.state.runningHash === hashOf(theirs))
    const review = await stage(workspace, API_2, hashOf(API))
    expect(review.onDisk).toMatchObject({ text: theirs })
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_CHANGED_ON_DISK'
    })
    expect(text('a.yaml')).toBe(theirs)
  })

  test('must be what is staged: two pages do not replace each other unseen', async () => {
    const { workspace } = await opened()
    const first = await stage(workspace, API_2)
    await expect(stage(workspace, API_3, hashOf(API))).rejects.toMatchObject({
      code: 'CONFIG_STAGED_ELSEWHERE',
      message: 'Something else is staged for a.yaml by now; nothing was staged.'
    })
    expect(workspace.config.review().staged.text).toBe(API_2)
    expect(workspace.state.stagedHash).toBe(hashOf(API_2))
    await stage(workspace, API_3, first.staged.hash)
    expect(workspace.state.stagedHash).toBe(hashOf(API_3))
  })

  test('does not matter for the text that is staged already: an answer may have been lost', async () => {
    const { workspace } = await opened()
    await stage(workspace, API_2)
    const review = await stage(workspace, API_2, hashOf(API))
    expect(review.staged.text).toBe(API_2)
  })

  test('goes on where it was when somebody else has given the edit up', async () => {
    const { workspace } = await opened()
    const { staged } = await stage(workspace, API_2)
    await workspace.config.unstage(workspace.state)
    const review = await stage(workspace, API_3, staged.hash)
    expect(review).toMatchObject({ staged: { text: API_3 }, onDisk: null })
  })
})

describe('the text of the file', () => {
  test('is staged like any other while it does not run', async () => {
    const { workspace, engine, path, text } = await opened()
    await stage(workspace, API_3)
    writeFileSync(path('a.yaml'), API_2)
    await eventually('it is seen', () => workspace.state.diskHash === hashOf(API_2))
    const review = await stage(workspace, API_2)
    expect(review).toMatchObject({
      changes: ['1 backend added to api (10.0.0.2:80)'],
      onDisk: null
    })
    expect(engine.calls).toEqual(['open'])
    await workspace.config.planStaged()
    await workspace.config.applyStaged(...BY)
    expect(workspace.state).toMatchObject({ stagedHash: null, runningHash: hashOf(API_2) })
    expect(text('a.yaml')).toBe(API_2)
  })

  test('that the engine refuses keeps what is staged', async () => {
    const { workspace, engine, path } = await opened()
    await stage(workspace, API_3)
    writeFileSync(path('a.yaml'), API_2)
    await workspace.config.planDiscard()
    engine.refuseNext = { code: 'PORT_IN_USE', reason: 'Taken.' }
    await expect(workspace.config.discard(...BY)).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    expect(workspace.state.stagedHash).toBe(hashOf(API_3))
    expect(workspace.state.runningHash).toBe(hashOf(API))
  })

  test('that cannot run is no reason for a plan: nothing is loaded', async () => {
    const { workspace, path, engine } = await opened()
    await stage(workspace, API_3)
    writeFileSync(path('a.yaml'), 'pools: [\n')
    await workspace.config.unstage(workspace.state)
    expect(workspace.state.stagedHash).toBeNull()
    expect(engine.calls).toEqual(['open'])
  })
})

describe('what was given up', () => {
  test('is staged again with the secrets that were typed into it', async () => {
    const { workspace, text } = await opened()
    const { staged } = await stage(workspace, withSecret('typed'))
    await workspace.config.unstage(workspace.state)
    expect(workspace.state.stagedHash).toBeNull()
    const { file } = workspace.state
    const review = await workspace.config.restage({ file, hash: staged.hash })
    expect(review.staged.text).toContain(MASKED)
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toBe(withSecret('typed'))
  })

  test('does not replace what is staged by now, and only the last one is kept', async () => {
    const { workspace } = await opened()
    const { file } = workspace.state
    const first = (await stage(workspace, API_2)).staged.hash
    await workspace.config.unstage(workspace.state)
    await stage(workspace, API_3)
    await expect(workspace.config.restage({ file, hash: first })).rejects.toMatchObject({
      code: 'CONFIG_STAGED_ELSEWHERE'
    })
    await workspace.config.unstage(workspace.state)
    await expect(workspace.config.restage({ file, hash: first })).rejects.toMatchObject({
      code: 'CONFIG_NOT_STAGED'
    })
  })
})

describe('a secret that was typed and only staged', () => {
  test('is asked for again by the next console, and never filled with the old one', async () => {
    const first = await opened(withSecret('old'))
    const shown = first.workspace.config.review().staged.text
    await stage(first.workspace, shown.replace(MASKED, '"https://h.test/typed"'))
    await first.workspace.stop()
    const { workspace, notices, text } = await again(first)
    await workspace.start()
    expect(notices.map((notice) => notice.text)).toEqual([
      'A secret that was typed into the staged edit of a.yaml ended with the last console: type it again before you apply it.'
    ])
    const errors = (): readonly number[] =>
      workspace.config
        .review()
        .problems.filter(({ severity }) => severity === 'error')
        .map(({ line }) => line)
    expect(errors()).toEqual([3])
    await stage(workspace, `${workspace.config.review().staged.text}# more\n`)
    expect(errors()).toEqual([3])
    await expect(workspace.config.applyStaged(...BY)).rejects.toMatchObject({
      code: 'CONFIG_INVALID'
    })
    expect(text('a.yaml')).toBe(withSecret('old'))
    const next = workspace.config.review().staged.text
    await stage(workspace, next.replace(MASKED, '"https://h.test/typed"'))
    expect(errors()).toEqual([])
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toBe(`${withSecret('typed')}# more\n`)
  })

  test('is asked for also where its text was no YAML when the console ended', async () => {
    const first = await opened(withSecret('old'))
    const shown = first.workspace.config.review().staged.text
    await stage(first.workspace, shown.replace(MASKED, '"https://h.test/typed"'))
    await stage(first.workspace, `${shown}broken: "\n`)
    await first.workspace.stop()
    const { workspace } = await again(first)
    await workspace.start()
    const { problems } = await stage(workspace, shown)
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([{ line: 3 }])
  })

  test('of the file is filled again when a text that was no YAML is mended', async () => {
    const first = await opened(withSecret('old'))
    const shown = first.workspace.config.review().staged.text
    await stage(first.workspace, `# mine\n${shown}broken: "\n`)
    await first.workspace.stop()
    const { workspace, notices, text } = await again(first)
    await workspace.start()
    expect(notices).toEqual([])
    await stage(workspace, `# mine\n${shown}`)
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toBe(`# mine\n${withSecret('old')}`)
  })

  test('beside one of the file leaves that one filled', async () => {
    const two = withSecret('old').replace(
      'old" }',
      'old" }, { type: email, smtp_server: m.test, smtp_user: u, recipients: [a@b.test], smtp_password: b }'
    )
    const first = await opened(two)
    const shown = first.workspace.config.review().staged.text
    await stage(first.workspace, shown.replace(MASKED, '"https://h.test/typed"'))
    await first.workspace.stop()
    const { workspace, text } = await again(first)
    await workspace.start()
    const masked = workspace.config.review().staged.text
    await stage(workspace, masked.replace(MASKED, '"https://h.test/anew"'))
    await workspace.config.applyStaged(...BY)
    expect(text('a.yaml')).toBe(two.replace('old', 'anew'))
  })
})
