/**
 * Contract of the draft while somebody types: checked after 300 ms of quiet, and staged after a
 * second or at once when asked, in order and without a loss.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  MAX_EDITABLE_CHARACTERS,
  type ConfigProblemLine
} from '../../../preload/contract/workspace-state.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { CHECK_AFTER_MS, STAGE_AFTER_MS } from './config-draft.svelte.ts'
import { DraftDesk, edit, PROBLEM, reviewOf, settled } from './testing/draft-desk.ts'

const unknown = () => new SwitchyardError('OUTCOME_UNKNOWN', 'The line broke.')

let on: DraftDesk

beforeEach(async () => {
  on = await DraftDesk.open()
})

test('the first review fills the editor', () => {
  expect(on.draft.shown).toEqual({ text: 'runs', revision: 1 })
  expect(on.draft.changes).toEqual([])
})

describe('while somebody types', () => {
  test('the text is checked once, 300 ms after the last stroke', async () => {
    on.draft.edit(() => 'a')
    on.page.advance(CHECK_AFTER_MS - 1)
    on.draft.edit(() => 'ab')
    on.page.advance(CHECK_AFTER_MS - 1)
    expect(on.callsOf('config.check')).toEqual([])
    on.page.advance(1)
    await settled()
    expect(on.callsOf('config.check')).toEqual([{ name: 'config.check', args: { text: 'ab' } }])
    expect(on.draft.problems).toEqual([PROBLEM])
    expect(on.draft.errorCount).toBe(1)
  })

  test('the answer about an older text is thrown away', async () => {
    let answer = (_problems: ConfigProblemLine[]): void => undefined
    on.backend.answers['config.check'] = () => new Promise((resolve) => (answer = resolve))
    on.draft.edit(() => 'a')
    on.page.advance(CHECK_AFTER_MS)
    on.draft.edit(() => 'ab')
    answer([PROBLEM])
    await settled()
    expect(on.draft.problems).toEqual([])
  })

  test('it is staged a second later, and the editor keeps its text', async () => {
    on.draft.edit(() => 'mine')
    expect(on.draft.isDirty).toBe(true)
    on.page.advance(STAGE_AFTER_MS)
    await settled()
    expect(on.callsOf('config.stage')).toEqual([
      { name: 'config.stage', args: edit('runs', 'mine') }
    ])
    expect(on.draft.isDirty).toBe(false)
    expect(on.draft.changes).toEqual(['changes to mine'])
    expect(on.draft.shown?.revision).toBe(1)
  })

  test('leaving the editor stages at once, and only once', async () => {
    on.draft.edit(() => 'mine')
    await on.draft.flush()
    await on.draft.flush()
    on.page.advance(STAGE_AFTER_MS)
    await settled()
    expect(on.callsOf('config.stage')).toHaveLength(1)
  })

  test('what is typed while it is staged is staged after it', async () => {
    let answer = (): void => undefined
    on.backend.answers['config.stage'] = ({ text }) =>
      new Promise((resolve) => (answer = () => resolve(reviewOf(text))))
    on.draft.edit(() => 'one')
    const first = on.draft.flush()
    on.draft.edit(() => 'two')
    const second = on.draft.flush()
    answer()
    await first
    await settled()
    expect(on.draft.isDirty).toBe(false)
    answer()
    await second
    expect(on.callsOf('config.stage').map(({ args }) => args)).toEqual([
      edit('runs', 'one'),
      edit('one', 'two')
    ])
  })

  test('a refused staging keeps the text as not staged, and is tried again when asked', async () => {
    on.backend.answers['config.stage'] = () => {
      throw new SwitchyardError('CONNECTION_LOST', 'The line is down.')
    }
    on.draft.edit(() => 'mine')
    await on.draft.flush()
    expect(on.draft.isDirty).toBe(true)
    expect(on.draft.problem).toMatchObject({ code: 'CONNECTION_LOST', why: 'The line is down.' })
    on.backend.answers['config.stage'] = ({ text }) => reviewOf(text)
    await on.draft.flush()
    expect(on.draft.isDirty).toBe(false)
    expect(on.draft.problem).toBeNull()
  })

  test('a text that the contract does not take is told and not sent', async () => {
    on.draft.edit(() => 'x'.repeat(MAX_EDITABLE_CHARACTERS + 1))
    await on.draft.flush()
    expect(on.callsOf('config.stage')).toEqual([])
    expect(on.draft.isDirty).toBe(true)
    expect(on.draft.problem?.what).toContain('too long')
  })
})

describe('an answer that was lost', () => {
  test('is asked for again before a newer text follows it', async () => {
    on.backend.answers['config.stage'] = () => {
      throw unknown()
    }
    on.draft.edit(() => 'one')
    await on.draft.flush()
    on.draft.edit(() => 'two')
    on.backend.answers['config.stage'] = ({ text }) => reviewOf(text)
    await on.draft.flush()
    expect(on.callsOf('config.stage').map(({ args }) => args)).toEqual([
      edit('runs', 'one'),
      edit('runs', 'one'),
      edit('one', 'two')
    ])
    expect(on.draft.isDirty).toBe(false)
  })
})

describe('the problems of a text with a secret that was just typed', () => {
  test('are those of the text in the editor, not of the masked one', async () => {
    const masked = { ...PROBLEM, column: 9 }
    on.backend.answers['config.stage'] = () => reviewOf('mine with dots', { problems: [masked] })
    on.draft.edit(() => 'mine with s3cret')
    await on.draft.flush()
    await settled()
    expect(on.draft.problems).toEqual([PROBLEM])
  })
})
