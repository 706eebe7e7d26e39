/**
 * Contract of the draft: checked after 300 ms of quiet, staged after a second or at once when
 * asked, and what is typed is never replaced by what comes from elsewhere.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  MAX_EDITABLE_CHARACTERS,
  type ConfigProblemLine,
  type ConfigReview
} from '../../../preload/contract/workspace-state.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { ManualPage } from '../../testing/manual-page.ts'
import { ScriptedBackend } from '../../testing/scripted-backend.ts'
import { CHECK_AFTER_MS, ConfigDraft, STAGE_AFTER_MS } from './config-draft.svelte.ts'

const PROBLEM: ConfigProblemLine = {
  severity: 'error',
  line: 2,
  column: 1,
  path: 'pols',
  message: '`pols` is no option of the top level.',
  suggestion: 'Did you mean `pools`?'
}

const shown = (text: string) => ({ text, hash: `#${text}`, hasMaskedSecrets: false })

function reviewOf(text: string, parts: Partial<ConfigReview> = {}): ConfigReview {
  return {
    staged: shown(text),
    running: shown('runs'),
    onDisk: null,
    problems: [],
    changes: text === 'runs' ? [] : [`changes to ${text}`],
    ...parts
  }
}

let page: ManualPage
let backend: ScriptedBackend
let draft: ConfigDraft

const callsOf = (name: string) => backend.calls.filter((call) => call.name === name)
const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

beforeEach(async () => {
  page = new ManualPage()
  backend = new ScriptedBackend()
  backend.answers = {
    'config.review': () => reviewOf('runs'),
    'config.check': () => [PROBLEM],
    'config.stage': ({ text }) => reviewOf(text),
    'config.unstage': () => reviewOf('runs')
  }
  draft = new ConfigDraft(backend, page)
  await draft.refresh()
})

test('the first review fills the editor', () => {
  expect(draft.shown).toEqual({ text: 'runs', revision: 1 })
  expect(draft.changes).toEqual([])
})

describe('while somebody types', () => {
  test('the text is checked once, 300 ms after the last stroke', async () => {
    draft.edit(() => 'a')
    page.advance(CHECK_AFTER_MS - 1)
    draft.edit(() => 'ab')
    page.advance(CHECK_AFTER_MS - 1)
    expect(callsOf('config.check')).toEqual([])
    page.advance(1)
    await settled()
    expect(callsOf('config.check')).toEqual([{ name: 'config.check', args: { text: 'ab' } }])
    expect(draft.problems).toEqual([PROBLEM])
    expect(draft.errorCount).toBe(1)
  })

  test('the answer about an older text is thrown away', async () => {
    let answer = (_problems: ConfigProblemLine[]): void => undefined
    backend.answers['config.check'] = () => new Promise((resolve) => (answer = resolve))
    draft.edit(() => 'a')
    page.advance(CHECK_AFTER_MS)
    draft.edit(() => 'ab')
    answer([PROBLEM])
    await settled()
    expect(draft.problems).toEqual([])
  })

  test('it is staged a second later, and the editor keeps its text', async () => {
    draft.edit(() => 'mine')
    expect(draft.isDirty).toBe(true)
    page.advance(STAGE_AFTER_MS)
    await settled()
    expect(callsOf('config.stage')).toEqual([{ name: 'config.stage', args: { text: 'mine' } }])
    expect(draft.isDirty).toBe(false)
    expect(draft.changes).toEqual(['changes to mine'])
    expect(draft.shown?.revision).toBe(1)
  })

  test('leaving the editor stages at once, and only once', async () => {
    draft.edit(() => 'mine')
    await draft.flush()
    await draft.flush()
    page.advance(STAGE_AFTER_MS)
    await settled()
    expect(callsOf('config.stage')).toHaveLength(1)
  })

  test('what is typed while it is staged is staged after it', async () => {
    let answer = (): void => undefined
    backend.answers['config.stage'] = ({ text }) =>
      new Promise((resolve) => (answer = () => resolve(reviewOf(text))))
    draft.edit(() => 'one')
    const first = draft.flush()
    draft.edit(() => 'two')
    const second = draft.flush()
    answer()
    await first
    await settled()
    expect(draft.isDirty).toBe(false)
    answer()
    await second
    expect(callsOf('config.stage').map(({ args }) => args)).toEqual([
      { text: 'one' },
      { text: 'two' }
    ])
  })

  test('a refused staging keeps the text as not staged, and is tried again when asked', async () => {
    backend.answers['config.stage'] = () => {
      throw new SwitchyardError('CONNECTION_LOST', 'The line is down.')
    }
    draft.edit(() => 'mine')
    await draft.flush()
    expect(draft.isDirty).toBe(true)
    expect(draft.problem).toMatchObject({ code: 'CONNECTION_LOST', why: 'The line is down.' })
    backend.answers['config.stage'] = ({ text }) => reviewOf(text)
    await draft.flush()
    expect(draft.isDirty).toBe(false)
    expect(draft.problem).toBeNull()
  })

  test('a text that the contract does not take is told and not sent', async () => {
    draft.edit(() => 'x'.repeat(MAX_EDITABLE_CHARACTERS + 1))
    await draft.flush()
    expect(callsOf('config.stage')).toEqual([])
    expect(draft.isDirty).toBe(true)
    expect(draft.problem?.what).toContain('too long')
  })
})

describe('what comes from elsewhere', () => {
  test('replaces the text when nobody types', async () => {
    backend.answers['config.review'] = () => reviewOf('theirs', { problems: [PROBLEM] })
    await draft.refresh()
    expect(draft.shown).toEqual({ text: 'theirs', revision: 2 })
    expect(draft.problems).toEqual([PROBLEM])
  })

  test('does not replace what is being typed', async () => {
    draft.edit(() => 'mine')
    backend.answers['config.review'] = () => reviewOf('theirs')
    await draft.refresh()
    expect(draft.shown).toEqual({ text: 'runs', revision: 1 })
    await draft.flush()
    expect(callsOf('config.stage')).toEqual([{ name: 'config.stage', args: { text: 'mine' } }])
  })

  test('a file that changed underneath is shown beside the own text', async () => {
    draft.edit(() => 'mine')
    await draft.flush()
    const onDisk = shown('theirs')
    backend.answers['config.review'] = () => reviewOf('mine', { onDisk })
    await draft.refresh()
    expect(draft.onDisk).toEqual(onDisk)
    expect(draft.shown?.revision).toBe(1)
  })

  test('a review that cannot be read is told, and the old one stays', async () => {
    backend.answers['config.review'] = () => {
      throw new SwitchyardError('CONNECTION_LOST', 'The line is down.')
    }
    await draft.refresh()
    expect(draft.problem?.what).toBe('The configuration could not be read.')
    expect(draft.review?.staged.text).toBe('runs')
  })
})

describe('a text that is too large to be edited here', () => {
  const LARGE = { text: '', hash: '#large', hasMaskedSecrets: false, isTooLarge: true } as const

  beforeEach(async () => {
    backend.answers['config.review'] = () => reviewOf('', { staged: LARGE })
    await draft.refresh()
  })

  test('is not shown as an empty one, and nothing is staged over it', async () => {
    expect(draft.shown).toBeNull()
    expect(draft.isTooLarge).toBe(true)
    draft.edit(() => '')
    await draft.flush()
    expect(callsOf('config.stage')).toEqual([])
  })

  test('is discarded for good: there is nothing to bring back', async () => {
    expect(await draft.discard()).toBeNull()
    expect(draft.shown).toEqual({ text: 'runs', revision: 2 })
    expect(draft.isTooLarge).toBe(false)
  })
})

describe('discarding', () => {
  test('shows the file again and gives the text back, so that it can be restored', async () => {
    draft.edit(() => 'mine')
    await draft.flush()
    expect(await draft.discard()).toBe('mine')
    expect(draft.shown).toEqual({ text: 'runs', revision: 2 })
    await draft.restore('mine')
    expect(draft.shown).toEqual({ text: 'mine', revision: 3 })
    expect(draft.changes).toEqual(['changes to mine'])
  })

  test('what was only typed is not staged afterwards', async () => {
    draft.edit(() => 'mine')
    await draft.discard()
    page.advance(STAGE_AFTER_MS)
    await settled()
    expect(callsOf('config.stage')).toEqual([])
    expect(page.timerCount).toBe(0)
  })
})

describe('the end of the screen', () => {
  test('stages what was typed and leaves no timer', async () => {
    draft.edit(() => 'mine')
    draft.stop(true)
    await settled()
    expect(callsOf('config.stage')).toHaveLength(1)
    expect(page.timerCount).toBe(0)
  })

  test('stages nothing where another configuration is open by now', async () => {
    draft.edit(() => 'mine')
    const text = await draft.discard()
    draft.edit(() => 'mine again')
    draft.stop(false)
    await draft.flush()
    await draft.restore(text ?? '')
    draft.edit(() => 'late')
    page.advance(STAGE_AFTER_MS)
    await settled()
    expect(callsOf('config.stage')).toEqual([])
    expect(page.timerCount).toBe(0)
  })
})
