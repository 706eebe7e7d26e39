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
import { HeldEdits } from '../../state/held-edits.ts'
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

const FILE = '/etc/a.yaml'
const unknown = () => new SwitchyardError('OUTCOME_UNKNOWN', 'The line broke.')
const lost = () => new SwitchyardError('CONNECTION_LOST', 'The line is down.')

let page: ManualPage
let held: HeldEdits
let onHeld: unknown[]
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
  held = new HeldEdits()
  onHeld = []
  draft = draftOf(FILE)
  await draft.refresh()
})

function draftOf(file: string | null): ConfigDraft {
  return new ConfigDraft({ backend, page, file, held, onHeld: (error) => onHeld.push(error) })
}

const edit = (base: string, text: string) => ({ file: FILE, base: `#${base}`, text })

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
    expect(callsOf('config.stage')).toEqual([{ name: 'config.stage', args: edit('runs', 'mine') }])
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
      edit('runs', 'one'),
      edit('one', 'two')
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
    expect(callsOf('config.stage')).toEqual([{ name: 'config.stage', args: edit('runs', 'mine') }])
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

  test('is discarded as any other', async () => {
    expect(await draft.discard()).not.toBeNull()
    expect(draft.shown).toEqual({ text: 'runs', revision: 2 })
    expect(draft.isTooLarge).toBe(false)
  })
})

describe('before the first review', () => {
  test('nothing can be typed over a text that nobody has seen', async () => {
    const early = draftOf(FILE)
    early.edit(() => '')
    await early.flush()
    expect(early.isDirty).toBe(false)
    expect(callsOf('config.stage')).toEqual([])
  })
})

describe('what another page has staged', () => {
  const refuse = () => {
    throw new SwitchyardError('CONFIG_STAGED_ELSEWHERE', 'Something else is staged.')
  }

  beforeEach(async () => {
    backend.answers['config.stage'] = refuse
    draft.edit(() => 'mine')
    await draft.flush()
    backend.answers['config.review'] = () => reviewOf('theirs')
    backend.answers['config.stage'] = ({ text }) => reviewOf(text)
  })

  test('is a choice of its own, and the text stays', async () => {
    expect(draft.isStagedElsewhere).toBe(true)
    await draft.refresh()
    expect(draft.shown?.revision).toBe(1)
    expect(draft.isStagedElsewhere).toBe(true)
  })

  test('gives way when that is wanted', async () => {
    await draft.stageInstead()
    expect(callsOf('config.stage').at(-1)?.args).toEqual(edit('theirs', 'mine'))
    expect(draft.problem).toBeNull()
  })

  test('is shown when that is wanted, and the own text can come back', async () => {
    expect(await draft.takeStaged()).toBe('mine')
    expect(draft.shown?.text).toBe('theirs')
    expect(draft.problem).toBeNull()
    await draft.restore('mine')
    expect(callsOf('config.stage').at(-1)?.args).toEqual(edit('theirs', 'mine'))
  })
})

describe('an answer that was lost', () => {
  test('is asked for again before a newer text follows it', async () => {
    backend.answers['config.stage'] = () => {
      throw unknown()
    }
    draft.edit(() => 'one')
    await draft.flush()
    draft.edit(() => 'two')
    backend.answers['config.stage'] = ({ text }) => reviewOf(text)
    await draft.flush()
    expect(callsOf('config.stage').map(({ args }) => args)).toEqual([
      edit('runs', 'one'),
      edit('runs', 'one'),
      edit('one', 'two')
    ])
    expect(draft.isDirty).toBe(false)
  })
})

describe('the problems of a text with a secret that was just typed', () => {
  test('are those of the text in the editor, not of the masked one', async () => {
    const masked = { ...PROBLEM, column: 9 }
    backend.answers['config.stage'] = () => reviewOf('mine with dots', { problems: [masked] })
    draft.edit(() => 'mine with s3cret')
    await draft.flush()
    await settled()
    expect(draft.problems).toEqual([PROBLEM])
  })
})

test('a text that was too long once does not keep the review from being taken', async () => {
  draft.edit(() => 'x'.repeat(MAX_EDITABLE_CHARACTERS + 1))
  await draft.flush()
  draft.edit(() => 'mine')
  await draft.flush()
  backend.answers['config.review'] = () => reviewOf('theirs')
  await draft.refresh()
  expect(draft.shown?.text).toBe('theirs')
})

describe('discarding', () => {
  beforeEach(() => {
    backend.answers['config.restage'] = ({ hash }) => reviewOf(hash.slice(1))
  })

  test('shows the file again, and its undo brings back what the host has kept', async () => {
    draft.edit(() => 'mine')
    const discarded = await draft.discard()
    expect(draft.shown).toEqual({ text: 'runs', revision: 2 })
    expect(discarded?.isPlanned).toBe(false)
    await discarded?.undo()
    expect(callsOf('config.restage')).toEqual([
      { name: 'config.restage', args: { file: FILE, hash: '#mine' } }
    ])
    expect(draft.shown).toEqual({ text: 'mine', revision: 3 })
    expect(draft.changes).toEqual(['changes to mine'])
  })

  test('can be undone after the screen was left', async () => {
    draft.edit(() => 'mine')
    const discarded = await draft.discard()
    draft.stop()
    await discarded?.undo()
    expect(callsOf('config.restage')).toHaveLength(1)
  })

  test('that would load the file is left to a plan', async () => {
    backend.answers['config.unstage'] = () => {
      throw new SwitchyardError('CONFIG_WAITS', 'The file waits.')
    }
    draft.edit(() => 'mine')
    expect((await draft.discard())?.isPlanned).toBe(true)
    expect(draft.problem).toBeNull()
    expect(draft.shown).toEqual({ text: 'runs', revision: 1 })
  })

  test('a text that could not be staged comes back from the page itself', async () => {
    const long = 'x'.repeat(MAX_EDITABLE_CHARACTERS + 1)
    draft.edit(() => long)
    const discarded = await draft.discard()
    expect(draft.shown?.text).toBe('runs')
    draft.stop()
    await discarded?.undo()
    expect(held.take(FILE)).toEqual({ base: '#runs', text: long })
  })

  test('what fails leaves the text as not staged', async () => {
    backend.answers['config.stage'] = backend.answers['config.unstage'] = () => {
      throw lost()
    }
    draft.edit(() => 'mine')
    expect(await draft.discard()).toBeNull()
    expect(draft.isDirty).toBe(true)
    expect(draft.problem?.code).toBe('CONNECTION_LOST')
  })
})

describe('the end of the screen', () => {
  test('stages what was typed and leaves no timer', async () => {
    draft.edit(() => 'mine')
    draft.stop()
    await settled()
    expect(callsOf('config.stage')).toEqual([{ name: 'config.stage', args: edit('runs', 'mine') }])
    expect(page.timerCount).toBe(0)
    expect(onHeld).toEqual([])
  })

  test('takes nothing more', async () => {
    draft.stop()
    draft.edit(() => 'late')
    page.advance(STAGE_AFTER_MS)
    await settled()
    expect(callsOf('config.stage')).toEqual([])
    expect(page.timerCount).toBe(0)
  })

  test.each([lost(), new SwitchyardError('WORKSPACE_CHANGED', 'b.yaml is open now.')])(
    'with $code holds the text for the next editor of the same file',
    async (error) => {
      backend.answers['config.stage'] = () => {
        throw error
      }
      draft.edit(() => 'mine')
      draft.stop()
      await settled()
      expect(onHeld).toEqual([error])
      backend.answers['config.stage'] = ({ text }) => reviewOf(text)
      const other = draftOf('/etc/b.yaml')
      await other.refresh()
      expect(other.shown?.text).toBe('runs')
      const next = draftOf(FILE)
      await next.refresh()
      expect(next.shown?.text).toBe('mine')
      await next.flush()
      expect(callsOf('config.stage').at(-1)?.args).toEqual(edit('runs', 'mine'))
      expect(held.take(FILE)).toBeNull()
    }
  )
})
