/** Contract of the draft: what is typed is never replaced by what comes from elsewhere. */
import { beforeEach, describe, expect, test } from 'vitest'
import { MAX_EDITABLE_CHARACTERS } from '../../../preload/contract/workspace-state.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { DraftDesk, edit, FILE, PROBLEM, reviewOf, shown } from './testing/draft-desk.ts'

let on: DraftDesk

beforeEach(async () => {
  on = await DraftDesk.open()
})

describe('what comes from elsewhere', () => {
  test('replaces the text when nobody types', async () => {
    on.backend.answers['config.review'] = () => reviewOf('theirs', { problems: [PROBLEM] })
    await on.draft.refresh()
    expect(on.draft.shown).toEqual({ text: 'theirs', revision: 2 })
    expect(on.draft.problems).toEqual([PROBLEM])
  })

  test('does not replace what is being typed', async () => {
    on.draft.edit(() => 'mine')
    on.backend.answers['config.review'] = () => reviewOf('theirs')
    await on.draft.refresh()
    expect(on.draft.shown).toEqual({ text: 'runs', revision: 1 })
    await on.draft.flush()
    expect(on.callsOf('config.stage')).toEqual([
      { name: 'config.stage', args: edit('runs', 'mine') }
    ])
  })

  test('a file that changed underneath is shown beside the own text', async () => {
    on.draft.edit(() => 'mine')
    await on.draft.flush()
    const onDisk = shown('theirs')
    on.backend.answers['config.review'] = () => reviewOf('mine', { onDisk })
    await on.draft.refresh()
    expect(on.draft.onDisk).toEqual(onDisk)
    expect(on.draft.shown?.revision).toBe(1)
  })

  test('a review that cannot be read is told, and the old one stays', async () => {
    on.backend.answers['config.review'] = () => {
      throw new SwitchyardError('CONNECTION_LOST', 'The line is down.')
    }
    await on.draft.refresh()
    expect(on.draft.problem?.what).toBe('The configuration could not be read.')
    expect(on.draft.review?.staged.text).toBe('runs')
  })
})

describe('a text that is too large to be edited here', () => {
  const LARGE = { text: '', hash: '#large', hasMaskedSecrets: false, isTooLarge: true } as const

  beforeEach(async () => {
    on.backend.answers['config.review'] = () => reviewOf('', { staged: LARGE })
    await on.draft.refresh()
  })

  test('is not shown as an empty one, and nothing is staged over it', async () => {
    expect(on.draft.shown).toBeNull()
    expect(on.draft.isTooLarge).toBe(true)
    on.draft.edit(() => '')
    await on.draft.flush()
    expect(on.callsOf('config.stage')).toEqual([])
  })

  test('is discarded as any other', async () => {
    expect(await on.draft.discard()).not.toBeNull()
    expect(on.draft.shown).toEqual({ text: 'runs', revision: 2 })
    expect(on.draft.isTooLarge).toBe(false)
  })
})

describe('before the first review', () => {
  test('nothing can be typed over a text that nobody has seen', async () => {
    const early = on.draftOf(FILE)
    early.edit(() => '')
    await early.flush()
    expect(early.isDirty).toBe(false)
    expect(on.callsOf('config.stage')).toEqual([])
  })
})

describe('what another page has staged', () => {
  const refuse = () => {
    throw new SwitchyardError('CONFIG_STAGED_ELSEWHERE', 'Something else is staged.')
  }

  beforeEach(async () => {
    on.backend.answers['config.stage'] = refuse
    on.draft.edit(() => 'mine')
    await on.draft.flush()
    on.backend.answers['config.review'] = () => reviewOf('theirs')
    on.backend.answers['config.stage'] = ({ text }) => reviewOf(text)
  })

  test('is a choice of its own, and the text stays', async () => {
    expect(on.draft.isStagedElsewhere).toBe(true)
    await on.draft.refresh()
    expect(on.draft.shown?.revision).toBe(1)
    expect(on.draft.isStagedElsewhere).toBe(true)
  })

  test('gives way when that is wanted', async () => {
    await on.draft.stageInstead()
    expect(on.callsOf('config.stage').at(-1)?.args).toEqual(edit('theirs', 'mine'))
    expect(on.draft.problem).toBeNull()
  })

  test('is shown when that is wanted, and the own text can come back', async () => {
    expect(await on.draft.takeStaged()).toBe('mine')
    expect(on.draft.shown?.text).toBe('theirs')
    expect(on.draft.problem).toBeNull()
    await on.draft.restore('mine')
    expect(on.callsOf('config.stage').at(-1)?.args).toEqual(edit('theirs', 'mine'))
  })
})

test('a text that was too long once does not keep the review from being taken', async () => {
  on.draft.edit(() => 'x'.repeat(MAX_EDITABLE_CHARACTERS + 1))
  await on.draft.flush()
  on.draft.edit(() => 'mine')
  await on.draft.flush()
  on.backend.answers['config.review'] = () => reviewOf('theirs')
  await on.draft.refresh()
  expect(on.draft.shown?.text).toBe('theirs')
})
