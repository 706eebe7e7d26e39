/** A draft of one file over a backend that answers by script, on a page that moves when told. */
import type {
  ConfigProblemLine,
  ConfigReview
} from '../../../../preload/contract/workspace-state.ts'
import { HeldEdits } from '../../../state/held-edits.ts'
import { ManualPage } from '../../../testing/manual-page.ts'
import { ScriptedBackend } from '../../../testing/scripted-backend.ts'
import { ConfigDraft } from '../config-draft.svelte.ts'

export const FILE = '/etc/a.yaml'

export const PROBLEM: ConfigProblemLine = {
  severity: 'error',
  line: 2,
  column: 1,
  path: 'pols',
  message: '`pols` is no option of the top level.',
  suggestion: 'Did you mean `pools`?'
}

export const shown = (text: string): ConfigReview['staged'] => ({
  text,
  hash: `#${text}`,
  hasMaskedSecrets: false
})

export function reviewOf(text: string, parts: Partial<ConfigReview> = {}): ConfigReview {
  return {
    staged: shown(text),
    running: shown('runs'),
    onDisk: null,
    problems: [],
    changes: text === 'runs' ? [] : [`changes to ${text}`],
    ...parts
  }
}

interface Edit {
  readonly file: string
  readonly base: string
  readonly text: string
}

export const edit = (base: string, text: string): Edit => ({ file: FILE, base: `#${base}`, text })

export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

export class DraftDesk {
  readonly page = new ManualPage()
  readonly backend = new ScriptedBackend()
  readonly held = new HeldEdits()
  readonly onHeld: unknown[] = []
  readonly draft: ConfigDraft

  private constructor() {
    this.backend.answers = {
      'config.review': () => reviewOf('runs'),
      'config.check': () => [PROBLEM],
      'config.stage': ({ text }) => reviewOf(text),
      'config.unstage': () => reviewOf('runs')
    }
    this.draft = this.draftOf(FILE)
  }

  /** With the first review read. */
  static async open(): Promise<DraftDesk> {
    const desk = new DraftDesk()
    await desk.draft.refresh()
    return desk
  }

  draftOf(file: string | null): ConfigDraft {
    const { backend, page, held, onHeld } = this
    return new ConfigDraft({ backend, page, file, held, onHeld: (error) => onHeld.push(error) })
  }

  callsOf(name: string): ScriptedBackend['calls'] {
    return this.backend.calls.filter((call) => call.name === name)
  }
}
