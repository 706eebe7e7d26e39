/**
 * Contract of the draft: what is discarded can come back, and the end of the screen stages or
 * holds what was typed.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { MAX_EDITABLE_CHARACTERS } from '../../../preload/contract/workspace-state.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { STAGE_AFTER_MS } from './config-draft.svelte.ts'
import { DraftDesk, edit, FILE, reviewOf, settled } from './testing/draft-desk.ts'

const lost = () => new SwitchyardError('CONNECTION_LOST', 'The line is down.')

let on: DraftDesk

beforeEach(async () => {
  on = await DraftDesk.open()
})

describe('discarding', () => {
  beforeEach(() => {
    on.backend.answers['config.restage'] = ({ hash }) => reviewOf(hash.slice(1))
  })

  test('shows the file again, and its undo brings back what the host has kept', async () => {
    on.draft.edit(() => 'mine')
    const discarded = await on.draft.discard()
    expect(on.draft.shown).toEqual({ text: 'runs', revision: 2 })
    expect(discarded?.isPlanned).toBe(false)
    await discarded?.undo()
    expect(on.callsOf('config.restage')).toEqual([
      { name: 'config.restage', args: { file: FILE, hash: '#mine' } }
    ])
    expect(on.draft.shown).toEqual({ text: 'mine', revision: 3 })
    expect(on.draft.changes).toEqual(['changes to mine'])
  })

  test('can be undone after the screen was left', async () => {
    on.draft.edit(() => 'mine')
    const discarded = await on.draft.discard()
    on.draft.stop()
    await discarded?.undo()
    expect(on.callsOf('config.restage')).toHaveLength(1)
  })

  test('that would load the file is left to a plan', async () => {
    on.backend.answers['config.unstage'] = () => {
      throw new SwitchyardError('CONFIG_WAITS', 'The file waits.')
    }
    on.draft.edit(() => 'mine')
    expect((await on.draft.discard())?.isPlanned).toBe(true)
    expect(on.draft.problem).toBeNull()
    expect(on.draft.shown).toEqual({ text: 'runs', revision: 1 })
  })

  test('a text that could not be staged comes back from the page itself', async () => {
    const long = 'x'.repeat(MAX_EDITABLE_CHARACTERS + 1)
    on.draft.edit(() => long)
    const discarded = await on.draft.discard()
    expect(on.draft.shown?.text).toBe('runs')
    on.draft.stop()
    await discarded?.undo()
    expect(on.held.take(FILE)).toEqual({ base: '#runs', text: long })
  })

  test('what fails leaves the text as not staged', async () => {
    on.backend.answers['config.stage'] = on.backend.answers['config.unstage'] = () => {
      throw lost()
    }
    on.draft.edit(() => 'mine')
    expect(await on.draft.discard()).toBeNull()
    expect(on.draft.isDirty).toBe(true)
    expect(on.draft.problem?.code).toBe('CONNECTION_LOST')
  })
})

describe('the end of the screen', () => {
  test('stages what was typed and leaves no timer', async () => {
    on.draft.edit(() => 'mine')
    on.draft.stop()
    await settled()
    expect(on.callsOf('config.stage')).toEqual([
      { name: 'config.stage', args: edit('runs', 'mine') }
    ])
    expect(on.page.timerCount).toBe(0)
    expect(on.onHeld).toEqual([])
  })

  test('takes nothing more', async () => {
    on.draft.stop()
    on.draft.edit(() => 'late')
    on.page.advance(STAGE_AFTER_MS)
    await settled()
    expect(on.callsOf('config.stage')).toEqual([])
    expect(on.page.timerCount).toBe(0)
  })

  test.each([lost(), new SwitchyardError('WORKSPACE_CHANGED', 'b.yaml is open now.')])(
    'with $code holds the text for the next editor of the same file',
    async (error) => {
      on.backend.answers['config.stage'] = () => {
        throw error
      }
      on.draft.edit(() => 'mine')
      on.draft.stop()
      await settled()
      expect(on.onHeld).toEqual([error])
      on.backend.answers['config.stage'] = ({ text }) => reviewOf(text)
      const other = on.draftOf('/etc/b.yaml')
      await other.refresh()
      expect(other.shown?.text).toBe('runs')
      const next = on.draftOf(FILE)
      await next.refresh()
      expect(next.shown?.text).toBe('mine')
      await next.flush()
      expect(on.callsOf('config.stage').at(-1)?.args).toEqual(edit('runs', 'mine'))
      expect(on.held.take(FILE)).toBeNull()
    }
  )
})
