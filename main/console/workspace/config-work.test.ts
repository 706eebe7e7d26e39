/**
 * Contract: an apply is loaded by the engine before it is written; whatever goes wrong leaves
 * everything as it was; and no secret leaves on the way.
 */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { describe, expect, test } from 'vitest'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { MASKED } from '../../../proxy-core/model/traffic-sample.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { isTooLong } from '../../../preload/contract/frame-limit.ts'
import { configReviewSchema } from '../../../preload/contract/workspace-state.ts'
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

const WITH_SECRET = `${API}failover: { notification: { channels: [{ type: webhook, url: "https://h.test/s3cret" }] } }\n`

const BY = ['operator (test)', 'because'] as const

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
